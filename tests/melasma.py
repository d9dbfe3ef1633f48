"""The shipped script of the melasma study with a question less."""

import re
from functools import cache

from tests.service.stage import MELASMA

_QUESTION = re.compile(r"^  - id: ([a-z_]+)\n", re.MULTILINE)


#: The criteria that only this question's answers fail.
_ONLY_FAIL_OF = {"age": "I1", "face_patches": "I2", "hormones_last": "E5", "face_broken": "E7"}


@cache
def shipped() -> str:
    return MELASMA.read_text(encoding="utf-8")


@cache
def without(question: str) -> bytes:
    """The script without a question: nothing asks for it, and a criterion nobody asks about is the coordinator's."""
    head, rest = shipped().split("\nquestions:\n")
    body, tail = re.split(r"\n(?=[a-z_]+:)", rest, maxsplit=1)
    starts = [found.start() for found in _QUESTION.finditer(body)]
    blocks = [body[start:end] for start, end in zip(starts, [*starts[1:], len(body)], strict=True)]
    kept = [block for block in blocks if not block.startswith(f"  - id: {question}\n")]
    assert len(kept) == len(blocks) - 1
    kept = [re.sub(rf"^    ask_if: .*\b{question}\b.*\n", "", block, flags=re.MULTILINE) for block in kept]
    asked = {id for block in kept for id in re.findall(r"[IE]\d+", _criteria(block))}
    (gone,) = [block for block in blocks if block not in kept and block.startswith(f"  - id: {question}\n")]
    for id in set(re.findall(r"[IE]\d+", _criteria(gone))) - asked:
        head = re.sub(
            rf"(^  - id: {id}\n(?:(?!^  - id: ).*\n)*?    settled_by: )questions",
            r"\1coordinator",
            head,
            flags=re.MULTILINE,
        )
    if only := _ONLY_FAIL_OF.get(question):
        head = re.sub(
            rf"(^  - id: {only}\n(?:(?!^  - id: ).*\n)*?    settled_by: questions\n)",
            r"\1    never_fails: true\n",
            head,
            flags=re.MULTILINE,
        )
        head = head.replace("    disclose: date_only\n", "") if question == "hormones_last" else head
    tail = re.sub(rf"^  - {{flag: [^\n]*\b{question}\b[^\n]*\n", "", tail, flags=re.MULTILINE)
    tail = tail.replace("flags:\n\n", "\n")
    if question == "hormones_last":
        kept = [block.replace("means: next", "means: open") for block in kept]
    return "\n".join((head, "questions:", "".join(kept), tail)).encode()


def _criteria(block: str) -> str:
    found = re.search(r"^    criteria: (.*)$", block, re.MULTILINE)
    assert found is not None
    return found[1]
