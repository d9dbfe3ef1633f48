"""The interface's own words in every language, from the gettext catalogues under `locales/`."""

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

Translator = Callable[[str], str]

DOMAIN = "prescreen"
KEYWORDS = {"tr": None, "N_": None}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]


def N_(words: str) -> str:
    """Marks words for the catalogue where no translator is at hand."""
    return words


class Translators(Mapping[str, Translator]):
    """One translator per language, read from `locales/<language>/LC_MESSAGES/prescreen.po`."""

    def __init__(self, folder: Path) -> None:
        self._catalogues = {path.parent.parent.name: _read(path) for path in _files(folder)}

    def __getitem__(self, language: str) -> Translator:
        words = self._catalogues[language]
        return lambda message: words.get(message) or message

    def __iter__(self) -> Iterator[str]:
        return iter(self._catalogues)

    def __len__(self) -> int:
        return len(self._catalogues)

    def nearest(self, tag: str) -> str:
        """The language to speak to a client that says `tag`: zh-hant is zh, an unknown one en, none zh."""
        if not tag:
            return "zh"
        plain = tag.replace("_", "-").lower().split("-")[0]
        return plain if plain in self._catalogues else "en"


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def _read(path: Path) -> dict[str, str]:
    return {str(m.id): str(m.string) for m in _catalogue(path) if m.id and not m.fuzzy}


def _catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(io.BytesIO(file.read()), locale=path.parent.parent.name)


def extracted(package: Path) -> set[str]:
    """Every message the code and the templates use."""
    found = extract_from_dir(package, METHODS, keywords=KEYWORDS)
    return _each(message for _, _, message, _, _ in found)


def messages_of(module: Path) -> set[str]:
    """Every message of one module."""
    found = extract_from_file("python", module, keywords=KEYWORDS)
    return _each(message for _, message, _, _ in found)


def _each(messages: Iterable[str | tuple[str, ...]]) -> set[str]:
    return {words for message in messages for words in ([message] if isinstance(message, str) else message)}


def problems(package: Path, folder: Path) -> list[str]:
    """What is missing, fuzzy, left over or has other placeholders, one sentence each."""
    used = extracted(package)
    found = []
    for path in _files(folder):
        language = path.parent.parent.name
        messages = {str(m.id): m for m in _catalogue(path) if m.id}
        for words in sorted(used - set(messages)):
            found.append(f"{path}: missing: {words!r}")
        for words in sorted(set(messages) - used):
            found.append(f"{path}: no longer used: {words!r}")
        for words in sorted(used & set(messages)):
            text = str(messages[words].string)
            if not text or messages[words].fuzzy:
                found.append(f"{path}: not translated to {language}: {words!r}")
            elif _names(text) != _names(words):
                found.append(f"{path}: other placeholders: {words!r}")
    return found


def _names(words: str) -> set[str]:
    return {part.split("}")[0] for part in words.split("{")[1:]}


def update(package: Path, folder: Path) -> None:
    """Bring the catalogues up to date: new words empty (in English as they stand in the code), old ones gone."""
    used = sorted(extracted(package))
    for path in _files(folder):
        language = path.parent.parent.name
        known, old = _read(path), _catalogue(path)
        catalogue = Catalog(
            locale=language,
            header_comment=old.header_comment,
            project=old.project,
            version=old.version,
            creation_date=old.creation_date,  # an update that changes no words changes no line
            fuzzy=False,
        )
        for words in used:
            catalogue.add(words, known.get(words) or (words if language == "en" else ""))
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=True)


def main(command: str) -> int:
    """`python -m bot.i18n check|update`; check returns 1 when catalogues and code do not agree."""
    package = Path(__file__).parent
    folder = package.parent / "locales"
    if command == "update":
        update(package, folder)
    found = problems(package, folder)
    sys.stdout.write("".join(f"{problem}\n" for problem in found) or "catalogues: complete\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
