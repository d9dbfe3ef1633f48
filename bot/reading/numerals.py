"""Whole numbers as people write them: 35, ３５, 三十五."""

import re

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_CHINESE = re.compile(
    r"(?:(?P<hundreds>[一二两三四五六七八九])百(?P<gap>零)?)?(?:(?P<tens>[一二三四五六七八九]?)十)?(?P<ones>[一二三四五六七八九])?"
)


def whole_number(text: str) -> int | None:
    """The number a normalised text is, in digits or Chinese numerals up to 999; None when it is not one."""
    if re.fullmatch(r"[0-9]{1,4}", text):
        return int(text)
    found = _CHINESE.fullmatch(text)
    if not text or not found:
        return None
    if found["hundreds"] and found["ones"] and "十" not in text and not found["gap"]:
        return None  # 一百五 is 150, colloquially
    tens = 0 if "十" not in text else _DIGITS.get(found["tens"] or "一", 1)
    hundreds = _DIGITS.get(found["hundreds"] or "零", 0)
    return hundreds * 100 + tens * 10 + _DIGITS.get(found["ones"] or "零", 0)
