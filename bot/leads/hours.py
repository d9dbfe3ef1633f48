"""The site's working hours and when something is due."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class BadHours(ValueError):
    """Working hours that are not written like 08:00-12:00 14:30-17:30."""


def is_working_day(day: date) -> bool:
    """By the Chinese calendar of holidays and make-up days; a year not yet announced goes by weekdays."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@dataclass(frozen=True, slots=True)
class Hours:
    """When coordinators work: spans of local time on working days."""

    zone: ZoneInfo
    spans: tuple[tuple[time, time], ...]
    works_on: Callable[[date], bool] = is_working_day

    def due(self, since: datetime, working_days: int = 1) -> datetime:
        """The close of the working day that is `working_days` after the one in which `since` falls.

        What comes after closing time, or on a day off, counts as coming on the next working day.
        """
        local = since.astimezone(self.zone)
        day = local.date()
        closing = self.spans[-1][1]
        if not self.works_on(day) or local.time() > closing:
            day = self._next(day)
        for _ in range(working_days):
            day = self._next(day)
        return datetime.combine(day, closing, self.zone)

    def opening(self, moment: datetime) -> datetime:
        """When the day of a moment opens."""
        return datetime.combine(moment.astimezone(self.zone).date(), self.spans[0][0], self.zone)

    def closing(self, moment: datetime) -> datetime:
        """When the day of a moment closes."""
        return datetime.combine(moment.astimezone(self.zone).date(), self.spans[-1][1], self.zone)

    def next_opening(self, moment: datetime) -> datetime:
        """The first opening of a working day after a moment."""
        opening = self.opening(moment)
        if opening <= moment or not self.works_on(opening.date()):
            opening = self.opening(datetime.combine(self._next(opening.date()), time(), self.zone))
        return opening

    def is_open(self, moment: datetime) -> bool:
        """Whether coordinators work at a moment."""
        local = moment.astimezone(self.zone)
        return self.works_on(local.date()) and any(first <= local.time() < last for first, last in self.spans)

    def next_open(self, moment: datetime) -> datetime:
        """The first moment from this one on at which coordinators work."""
        return self.after(moment, timedelta())

    def after(self, moment: datetime, work: timedelta) -> datetime:
        """When so much working time has passed since a moment."""
        local = moment.astimezone(self.zone)
        day, left = local.date(), work
        while True:
            for first, last in self.spans if self.works_on(day) else ():
                begins, ends = (datetime.combine(day, each, self.zone) for each in (first, last))
                begins = max(begins, local)
                if begins < ends and left <= ends - begins:
                    return begins + left
                left -= max(ends - begins, timedelta())
            day += timedelta(days=1)

    def between(self, since: datetime, until: datetime) -> timedelta:
        """How much working time lies between two moments."""
        passed, day = timedelta(), since.astimezone(self.zone).date()
        while day <= until.astimezone(self.zone).date():
            for first, last in self.spans if self.works_on(day) else ():
                begins, ends = (datetime.combine(day, each, self.zone) for each in (first, last))
                passed += max(min(ends, until) - max(begins, since), timedelta())
            day += timedelta(days=1)
        return passed

    def start_of_weekend(self, moment: datetime) -> datetime:
        """The beginning of the Saturday of the weekend in which a moment falls."""
        day = moment.astimezone(self.zone).date()
        saturday = day - timedelta(days=(day.weekday() - 5) % 7)
        return datetime.combine(saturday, self.spans[0][0], self.zone)

    def _next(self, day: date) -> date:
        day += timedelta(days=1)
        while not self.works_on(day):
            day += timedelta(days=1)
        return day


def read_hours(text: str, zone: ZoneInfo) -> Hours:
    """Hours from text such as `08:00-12:00 14:30-17:30`; BadHours when it is not that."""
    spans: list[tuple[time, time]] = []
    for part in text.split():
        found = _SPAN.fullmatch(part)
        if not found:
            raise BadHours(text)
        first, second = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        if first >= second or (spans and first < spans[-1][1]):
            raise BadHours(text)
        spans.append((first, second))
    if not spans:
        raise BadHours(text)
    return Hours(zone, tuple(spans))
