"""The documents that are made of a script: the ethics committee's, and the workbook for translators and doctors."""

from datetime import tzinfo

from bot.export.flow_sheet import TooLong, flow_sheet, read_sheet
from bot.export.pack import Interface, Pack, pack
from bot.i18n import Translators
from bot.script.life import Version
from bot.script.problems import Problem
from bot.script.taking import Table
from bot.service.ports import Clock
from bot.service.wording import Wording


class Documents:
    """Writes and reads them, with the words of the interface and the day of the site."""

    def __init__(self, translators: Translators, wording: Wording, clock: Clock, zone: tzinfo) -> None:
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
