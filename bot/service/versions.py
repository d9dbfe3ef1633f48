"""A study's versions by the names people have for them, each with its flow and what is recorded of it."""

from collections.abc import Callable
from datetime import datetime

from bot.core.flow import Flow
from bot.script.life import Version
from bot.service.drafts import Drafts
from bot.service.publishing import Publishing, Refused, VersionLine

#: Compiles a script under a name that its problems are told with.
Compile = Callable[[bytes, str], Flow]


class Versions:
    """Finds versions. Whatever `compile_flow` raises: the script is not right."""

    def __init__(self, publishing: Publishing, drafts: Drafts, compile_flow: Compile) -> None:
        self._publishing = publishing
        self._drafts = drafts
        self._compile = compile_flow

    def find(self, study: str, name: str) -> Version:
        """`draft`, `published`, `approved` (the latest), or the beginning of a hash. Refused: there is none."""
        if name == "draft":
            return self._draft(study)
        lines = [line for line in self._publishing.list() if line.study == study]
        match name:
            case "published":
                found = [line for line in lines if line.published]
            case "approved":
                found = _approved(lines)
            case _:
                found = [line for line in lines if len(name) >= 6 and line.hash.startswith(name)]
                if len(found) != 1:
                    raise Refused("no_such_version", name)
        if not found:
            raise Refused(f"nothing_{name}", study)
        return self._kept(found[0])

    def current(self, study: str) -> Version:
        """What new runs take, else what is approved for them. Refused: neither."""
        kept = self._publishing.list()
        lines = [line for line in kept if line.study == study and line.state != "retired"]
        found = [line for line in lines if line.published] or _approved(lines)
        if not found:
            raise Refused("nothing_to_compare", study)
        return self._kept(found[0])

    def of(self, flow: Flow) -> Version:
        """What is recorded of exactly this content."""
        found = [line for line in self._publishing.list() if line.hash == flow.hash]
        return _version(flow, found[0]) if found else Version(flow)

    def approved_before(self, version: Version) -> Version | None:
        """The version of the study that was approved last before this one was; of one that is not, the latest.

        One that is broken by now is passed over.
        """
        lines = [line for line in self._publishing.list() if line.study == version.flow.id]
        for line in _approved(lines):
            earlier = version.approved_at is None or _when(line) <= version.approved_at
            if earlier and line.hash != version.flow.hash and not self._publishing.is_broken(line.hash):
                return self._kept(line)
        return None

    def _draft(self, study: str) -> Version:
        draft = self._drafts.draft(study)
        if draft is None:
            raise Refused("nothing_draft", study)
        flow = self._compile(draft.source, f"{study}/draft-{draft.revision}.yaml")
        return Version(flow, revision=draft.revision, by=draft.saved_by, at=draft.saved_at)

    def _kept(self, line: VersionLine) -> Version:
        source = self._publishing.source(line.hash)
        return _version(self._compile(source, f"{line.study}/{line.hash[:12]}.yaml"), line)


def _version(flow: Flow, line: VersionLine) -> Version:
    return Version(
        flow,
        line.state,
        by=line.added_by,
        at=line.added_at,
        ethics_number=line.ethics_number,
        approved_by=line.approved_by,
        approved_at=line.approved_at,
        words_changed=line.words_changed,
    )


def _when(line: VersionLine) -> datetime:
    assert line.approved_at is not None
    return line.approved_at


def _approved(lines: list[VersionLine]) -> list[VersionLine]:
    """Those that are approved, the latest approval first."""
    return sorted((line for line in lines if line.approved_by), key=_when, reverse=True)
