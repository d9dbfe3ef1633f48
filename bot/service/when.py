"""Days and moments as participants read them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_words(day: date, language: str) -> str:
    """A date as one writes it."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def moment_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    """A day and an hour at the site."""
    local = at.astimezone(zone)
    return f"{day_words(local.date(), language)} {local:%H:%M}"


def visit_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    """Day, weekday and time of a visit at the site."""
    local = at.astimezone(zone)
    weekday = format_date(local, "EEEE", locale=language)
    if language == "zh":
        return f"{day_words(local.date(), language)}（{weekday}）{local:%H:%M}"
    return f"{weekday}, {day_words(local.date(), language)}, {local:%H:%M}"
