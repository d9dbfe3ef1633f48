"""The documents that are made: of a script the ethics committee's and the workbook, of past runs the log and the reports."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.export.flow_sheet import TooLong, flow_sheet, read_sheet
from bot.export.log import Words, write_log
from bot.export.pack import Interface, Pack, pack
from bot.export.report import Sheet, sheets
from bot.i18n import Translators
from bot.leads.log import Log
from bot.leads.report import Report
from bot.script.life import Version
from bot.script.problems import Problem
from bot.script.taking import Table
from bot.service.ports import Clock
from bot.service.wording import Wording
from bot.staff import words


class Documents:
    """Writes and reads them, with the words of the interface and the day of the site."""

    def __init__(self, translators: Translators, wording: Wording, clock: Clock, zone: ZoneInfo) -> None:
        self._translators = translators
        self._wording = wording
        self._clock = clock
        self._zone = zone

    def sheet(self, source: bytes, name: str) -> bytes | Problem | None:
        """The script as a workbook; None where it cannot be read, a problem where a text is too long for a cell."""
        try:
            return flow_sheet(source, name)
        except TooLong as too_long:
            return too_long.problem

    def read_sheet(self, data: bytes, name: str) -> Table:
        """A workbook that came back."""
        return read_sheet(data, name)

    def pack(self, version: Version, before: Version | None, language: str = "both") -> str:
        """The ethics committee's document, HTML; `before` is the version that was approved last before this one."""
        document = Pack(
            version=version,
            interface=Interface(self._wording.interface_hash(), self._wording.interface_words()),
            before=before,
            today=self._clock().astimezone(self._zone).date(),
            zone=self._zone,
        )
        return pack(document, self._translators, language)

    def log(self, log: Log, format: str, language: str) -> bytes:
        """The prescreening log as a file."""
        return write_log(log, format, language, self._words(language))

    def report(self, report: Report, language: str) -> tuple[Sequence[Sheet], Sequence[str]]:
        """A report as tables with their pictures, and what is to be said of all of them."""
        return sheets(report, language, self._words(language))

    def _words(self, language: str) -> Words:
        tr = self._translators[language]
        say = words.Wording(language, tr, self._zone, self._clock())
        return Words(tr, words.VERDICTS, words.OUTCOMES, words.STATUSES, words.REASONS, say.tongue)
