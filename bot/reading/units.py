"""What people call a unit: the question's own words for it, and others that mean exactly the same."""

from bot.core.flow import Question
from bot.reading.normal import tight

#: Words of one unit each. A word that could mean another one (斤 is half a kilogram) is in no group.
SAME = (
    frozenset({"厘米", "公分", "cm", "centimeter", "centimeters", "centimetre", "centimetres"}),
    frozenset(
        {"公斤", "千克", "kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"}
    ),
    frozenset({"毫米汞柱", "mmhg"}),
)


def unit_words(question: Question) -> frozenset[str]:
    """Every way to write the unit of a question, in any language; none if it has no unit."""
    own = frozenset(tight(words) for words in (question.unit or {}).values())
    return own.union(*(group for group in SAME if group & own))
