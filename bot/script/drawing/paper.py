"""Shapes and words of a picture as SVG, in light and dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bot.script.drawing.measure import BOLD, width

#: Each colour in light and in dark. Light ones stand with the shapes: where a page forbids styles, all is light.
TONES = {
    "ground": ("#f5f7f6", "#101716"),
    "paper": ("#ffffff", "#182120"),
    "ink": ("#17211f", "#e3ebe9"),
    "soft": ("#5a6866", "#9cadaa"),
    "line": ("#c3cecb", "#3c4a48"),
    "accent": ("#0b6b63", "#63cdbf"),
    "tint": ("#e3f1ee", "#16332f"),
    "good": ("#1d6b3a", "#86d6a0"),
    "good-tint": ("#e4f3e8", "#173323"),
    "open": ("#7a4b00", "#f0c674"),
    "open-tint": ("#fdf0d5", "#372a10"),
    "bad": ("#a01f28", "#ff9f9b"),
    "bad-tint": ("#fbe6e6", "#3f1b1d"),
}
FONT = "system-ui, -apple-system, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
_ARROW = 5

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Span:
    """Words in one manner; `after`: how much farther than a space from the ones before them."""

    words: str
    tone: str = "ink"
    bold: bool = False
    size: float = 13
    after: float = 0


class Paper:
    """Takes shapes, the lower ones first."""

    def __init__(self) -> None:
        self._shapes: list[str] = []

    def text(self, x: float, y: float, *spans: Span, middle: bool = False, end: bool = False) -> None:
        """Words behind each other on one line, from `x` on, around it or up to it. How wide they are only the reader's font knows."""
        anchor = ' text-anchor="middle"' if middle else ' text-anchor="end"' if end else ""
        inside = " ".join(_tspan(span) for span in spans if span.words)
        self._shapes.append(f'<text x="{x:g}" y="{y:g}"{anchor}>{inside}</text>')

    def box(
        self,
        x: float,
        y: float,
        across: float,
        down: float,
        fill: str,
        line: str = "",
        dashed: bool = False,
        round: float = 8,
    ) -> None:
        """A box with round corners."""
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self._shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{across:g}" height="{down:g}" rx="{round:g}" {_paint(fill, line)}{dashes}/>'
        )

    def chip(self, x: float, y: float, words: str, dashed: bool = False) -> None:
        """A criterion's id; dashed where it is only shown."""
        across, dashes = chip_width(words), ' stroke-dasharray="3 2"' if dashed else ""
        self._shapes.append(
            f'<rect x="{x:g}" y="{y - 13:g}" width="{across:g}" height="18" rx="5" {_paint("ground", "line")}{dashes}/>'
        )
        self.text(x + across / 2, y, Span(words, bold=True, size=11.5), middle=True)

    def line(
        self, points: Sequence[Point], tone: str = "line", arrow: bool = False, thick: float = 1.5
    ) -> None:
        """A line through points, with an arrow at its end."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        self._shapes.append(
            f'<polyline points="{path}" {_paint(line=tone)} stroke-width="{thick:g}" stroke-linejoin="round"/>'
        )
        if arrow:
            self._arrow(points[-2], points[-1], tone)

    def _arrow(self, before: Point, end: Point, tone: str) -> None:
        (x, y), down = end, end[0] == before[0]
        back = (
            [(x - _ARROW, y - 7), (x + _ARROW, y - 7)] if down else [(x - 7, y - _ARROW), (x - 7, y + _ARROW)]
        )
        path = " ".join(f"{a:g},{b:g}" for a, b in (end, *back))
        self._shapes.append(f'<polygon points="{path}" {_paint(tone)}/>')

    def dot(self, x: float, y: float, tone: str) -> None:
        """Where a line begins."""
        self._shapes.append(f'<circle cx="{x:g}" cy="{y:g}" r="3.5" {_paint(tone)}/>')

    def begin(self, id: str) -> None:
        """Shapes that belong together under an id follow."""
        self._shapes.append(f'<g id="{escape(id)}">')

    def end(self) -> None:
        """They are complete."""
        self._shapes.append("</g>")

    def inside(self, across: float, down: float, title: str, told: str, name: str) -> str:
        """The picture as part of a page, which has the colours by class; `told` says it in words, `name` is the page's own."""
        named = f'aria-labelledby="{name}-title" aria-describedby="{name}-told"'
        return "\n".join(
            (
                f'<svg viewBox="0 0 {across:g} {down:g}" role="img" {named} font-family="{FONT}">',
                f'<title id="{name}-title">{escape(title, quote=False)}</title>',
                f'<desc id="{name}-told">{escape(told, quote=False)}</desc>',
                *self._shapes,
                "</svg>",
            )
        )

    def svg(self, across: float, down: float, title: str, language: str, told: str = "") -> str:
        """The whole picture."""
        dark = "".join(
            f".f-{tone}{{fill:{dark}}}.s-{tone}{{stroke:{dark}}}" for tone, (_, dark) in TONES.items()
        )
        size = f'viewBox="0 0 {across:g} {down:g}" width="{across:g}" height="{down:g}"'
        return "\n".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} lang="{language}" role="img" font-family="{FONT}">',
                f"<title>{escape(title, quote=False)}</title>",
                *([f"<desc>{escape(told, quote=False)}</desc>"] if told else []),
                f"<style>@media (prefers-color-scheme: dark){{{dark}}}</style>",
                f'<rect width="{across:g}" height="{down:g}" {_paint("ground")}/>',
                *self._shapes,
                "</svg>\n",
            )
        )


def chip_width(words: str) -> float:
    """How wide a chip with these words is."""
    return width(words, 11.5) * BOLD + 10


def _tspan(span: Span) -> str:
    weight = ' font-weight="650"' if span.bold else ""
    after = f' dx="{span.after:g}"' if span.after else ""
    return f'<tspan font-size="{span.size:g}"{weight}{after} {_paint(span.tone)}>{escape(span.words, quote=False)}</tspan>'


def _paint(fill: str = "", line: str = "") -> str:
    """Colours as attributes, and as classes for the dark ones."""
    classes = [f"f-{fill}"] * bool(fill) + [f"s-{line}"] * bool(line)
    inside = f'fill="{TONES[fill][0]}"' if fill else 'fill="none"'
    around = f' stroke="{TONES[line][0]}"' if line else ""
    return f'class="{" ".join(classes)}" {inside}{around}'
