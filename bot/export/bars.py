"""A list of bars, drawn narrow enough for a phone: a label, a number, and how long it is beside the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.script.drawing.measure import width, wrapped
from bot.script.drawing.paper import Paper, Span

ACROSS, MARGIN = 340.0, 16.0
_SIZE, _LINE, _BAR, _GAP = 13.0, 18.0, 12.0, 14.0
#: So that a bar of one among thousands is still seen.
_SHORTEST = 2.0


@dataclass(frozen=True, slots=True)
class Bar:
    """`length` and `part` of it are numbers, None where they are not told; `said` stands in their place."""

    label: str
    said: str
    length: float | None
    part: float | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars under a title. `legend` names the whole and its part; `empty` is said where there is no bar."""

    title: str
    under: Sequence[str]
    bars: Sequence[Bar]
    legend: tuple[str, str] | None
    empty: str

    @property
    def told(self) -> str:
        """The picture in words."""
        return "; ".join(f"{bar.label}: {bar.said}" for bar in self.bars) or self.empty

    def inside(self, name: str) -> str:
        """As part of a page that has the title already."""
        paper = Paper()
        down = self._draw(paper, 0, 4)
        return paper.inside(ACROSS, down, self.title, self.told, name)

    def file(self, language: str) -> str:
        """As a file of its own."""
        paper, y = Paper(), MARGIN + 8
        for words, tone, size in [(self.title, "ink", 16.0), *((each, "soft", 12.0) for each in self.under)]:
            for line in wrapped(words, size, ACROSS):
                paper.text(MARGIN, y + 6, Span(line, tone, bold=tone == "ink", size=size))
                y += size + 7
        down = self._draw(paper, MARGIN, y + 8)
        return paper.svg(ACROSS + 2 * MARGIN, down + MARGIN, self.title, language, self.told)

    def _draw(self, paper: Paper, x: float, y: float) -> float:
        """From a place on; returns where the picture ends."""
        if not self.bars:
            paper.text(x, y + _LINE, Span(self.empty, "soft", size=_SIZE))
            return y + 2 * _LINE
        if self.legend:
            y = self._legend(paper, x, y)
        longest = max((bar.length or 0 for bar in self.bars), default=0) or 1
        for bar in self.bars:
            lines = wrapped(bar.label, _SIZE, ACROSS - width(bar.said, _SIZE) - 16)
            for number, line in enumerate(lines):
                paper.text(x, y + 13 + _LINE * number, Span(line, size=_SIZE))
            paper.text(x + ACROSS, y + 13, Span(bar.said, bold=True, size=_SIZE), end=True)
            y += _LINE * len(lines) + 2
            paper.box(x, y, ACROSS, _BAR, "ground", round=3)
            if bar.length:
                self._bar(paper, x, y, bar, longest)
            y += _BAR + _GAP
        return y - _GAP + 4

    def _bar(self, paper: Paper, x: float, y: float, bar: Bar, longest: float) -> None:
        """Without a part all of it is full; of a bar whose part is not told the rest would tell it."""
        assert bar.length is not None
        long = max(bar.length / longest * ACROSS, _SHORTEST)
        part = bar.length if self.legend is None else bar.part or 0
        if part < bar.length:
            paper.box(x + 0.75, y + 0.75, max(long - 1.5, 0.5), _BAR - 1.5, "tint", "accent", round=3)
        if part:
            paper.box(x, y, max(part / longest * ACROSS, _SHORTEST), _BAR, "accent", round=3)

    def _legend(self, paper: Paper, x: float, y: float) -> float:
        assert self.legend is not None
        for words, fill in zip(self.legend, ("tint", "accent"), strict=True):
            paper.box(x + 0.75, y + 2.75, 18, 10.5, fill, "accent", round=3)
            for number, line in enumerate(wrapped(words, 12, ACROSS - 28)):
                paper.text(x + 28, y + 12 + 16 * number, Span(line, "soft", size=12))
                y += 16 * (number > 0)
            y += 20
        return y + 6
