"""Phone numbers: read as E.164, written in groups."""

import re

import phonenumbers

from bot.reading.normal import normal

#: Where a number without a country code is at home.
REGION = "CN"


def read_phone(text: str, region: str) -> str | None:
    """E.164. Without a country code only what is a possible number of the region."""
    plain = normal(text)
    if not re.fullmatch(r"\+?[0-9][0-9 ()\-]{5,24}", plain):
        return None
    try:
        parsed = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def phone_words(phone: str) -> str:
    """A number in groups, as people read it out; "" for none."""
    try:
        return (
            str(
                phonenumbers.format_number(
                    phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.INTERNATIONAL
                )
            )
            if phone
            else ""
        )
    except phonenumbers.NumberParseException:
        return phone
