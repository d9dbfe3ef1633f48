"""Adds the flow scripts and the compiled catalogues to the wheel, under bot/_shipped/."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShippedFiles(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":  # an editable install reads both folders where they lie
            return
        root = Path(self.root)
        shipped = [path for path in root.glob("flows/**/*") if path.is_file()]
        for source in root.glob("locales/*/LC_MESSAGES/*.po"):
            compiled = source.with_suffix(".mo")
            with source.open("rb") as texts, compiled.open("wb") as out:
                write_mo(out, read_po(texts, locale=source.parts[-3]))
            shipped += [source, compiled]
        for path in shipped:
            build_data["force_include"][str(path)] = f"bot/_shipped/{path.relative_to(root)}"
