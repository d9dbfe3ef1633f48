"""A script as a picture: SVG to look at, Mermaid for other documents."""

from bot.script.drawing.mermaid import mermaid
from bot.script.drawing.picture import drawing

__all__ = ["drawing", "mermaid"]
