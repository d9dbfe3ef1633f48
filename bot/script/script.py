"""A script as the rules see it: what it means, and where each part of it stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.flow import Flow, Question, Range
from bot.core.text import Text
from bot.script.nodes import ListNode, MapNode, Node, Scalar
from bot.script.problems import Problem, Value, problem_at
from bot.script.wording.lexicon import without

#: The way to a part of a script from its root: keys, and positions in lists.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """A text that participants read, and where it stands."""

    path: Path
    text: Text

    @property
    def name(self) -> str:
        """What it is: ask, help, label, or the name of a text."""
        return str(self.path[-1])


@dataclass(frozen=True, slots=True)
class Script:
    """A flow together with the nodes it was read from.

    Where something could not be read the flow has a gap (an empty text, no options); it was reported then,
    so a rule passes over gaps.
    """

    file: str
    root: Node
    flow: Flow
    #: Lines with something that could not be read as it was meant.
    unread: frozenset[int] = frozenset()

    def node(self, *path: str | int) -> Node:
        """The node at the end of a path, or the last one on the way that exists."""
        node = self.root
        for step in path:
            match node:
                case MapNode() if isinstance(step, str) and (inner := node.get(step)) is not None:
                    node = inner
                case ListNode() if isinstance(step, int) and step < len(node.items):
                    node = node.items[step]
                case _:
                    break
        return node

    def scalar(self, *path: str | int) -> Scalar | None:
        """The value at the end of a path, if there is one."""
        node = self.node(*path)
        return node if isinstance(node, Scalar) and self.exists(*path) else None

    def problem(self, message: str, path: Path, /, **values: Value) -> Problem:
        """A problem at the end of a path."""
        return problem_at(self.file, self.node(*path).place, message, **values)

    def problem_in(
        self, message: str, wording: Wording, language: str, start: int, length: int, /, **values: Value
    ) -> Problem:
        """A problem with some characters of a text in one language."""
        path = (*wording.path, language)
        node = self.scalar(*path)
        if node is None:
            return self.problem(message, path, **values)
        offset = node.text.find(wording.text[language])
        return problem_at(self.file, node.part(offset + start, length), message, **values)

    def words(self, wording: Wording, language: str) -> str:
        """A text with the phrases blanked that the script allows itself; places stay."""
        text = wording.text.get(language, "")
        for exempt in self.flow.allowed:
            text = without(text, re.compile(re.escape(exempt.phrase), re.IGNORECASE))
        return text

    def exists(self, *path: str | int) -> bool:
        """Whether something is written at the end of a path."""
        return self.node(*path) is not self.node(*path[:-1])

    def was_read(self, index: int) -> bool:
        """Whether a question was read whole: of one that was not, what its answers mean is not known."""
        questions = len(self.flow.questions)
        end = self.line("questions", index + 1) if index + 1 < questions else max(self.unread, default=0) + 1
        return not any(self.line("questions", index) <= line < end for line in self.unread)

    def line(self, *path: str | int) -> int:
        """The line a part of the script starts in."""
        return self.node(*path).place.line

    def options_path(self, index: int) -> Path:
        """Where the options of a question stand: with the question, or in an answer set."""
        name = self.scalar("questions", index, "options")
        return ("questions", index, "options") if name is None else ("answer_sets", name.text)

    def meaning_path(self, index: int, place: int) -> Path:
        """Where the meaning of an option stands: with the option, or under `means` of the question."""
        question = self.flow.questions[index]
        own: Path = ("questions", index, "options", place, "means")
        if self.exists(*own):
            return own
        return ("questions", index, "means", question.options[place].code)

    def ranged(self) -> Iterator[tuple[Path, tuple[str, ...], tuple[Range, ...]]]:
        """Where ranges stand, the criteria each of them speaks of, and the ranges."""
        for index, question in enumerate(self.flow.questions):
            yield ("questions", index, "ranges"), question.decided, question.ranges
        for index, value in enumerate(self.flow.computed):
            yield ("computed", index, "ranges"), value.criteria, value.ranges

    def wordings(self) -> Iterator[Wording]:
        """Every text that participants read, in no particular order."""
        yield Wording(("study", "name"), self.flow.study.name)
        yield Wording(("study", "site"), self.flow.study.site)
        for index, criterion in enumerate(self.flow.criteria):
            if criterion.ending is not None:
                yield Wording(("criteria", index, "ending"), criterion.ending)
        for index, question in enumerate(self.flow.questions):
            yield from self._wordings_of(index, question)
        for index, value in enumerate(self.flow.computed):
            yield Wording(("computed", index, "short"), value.short)
        for name, text in self.flow.texts.items():
            yield Wording(("texts", name), text)
        for name, text in self.flow.notice.items():
            yield Wording(("notice", name), text)
        for name, text in self.flow.glossary.items():
            yield Wording(("glossary", name), text)

    def staff_wordings(self) -> Iterator[Wording]:
        """What is written for the team: criteria, reasons and notes."""
        for index, criterion in enumerate(self.flow.criteria):
            yield Wording(("criteria", index, "text"), criterion.text)
            yield Wording(("criteria", index, "reason"), criterion.reason)
        for index, note in enumerate(self.flow.notes):
            yield Wording(("notes", index, "text"), note.text)

    def _wordings_of(self, index: int, question: Question) -> Iterator[Wording]:
        for name in ("preface", "ask", "help", "short", "part", "unit"):
            text = getattr(question, name)
            if text is not None:
                yield Wording(("questions", index, name), text)
        for place, option in enumerate(question.options):
            yield Wording((*self.options_path(index), place, "label"), option.label)
