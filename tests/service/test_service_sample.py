"""The sample trial at the service: numbers in their units, and the BMI on the lead only."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.service.views import LeadView
from tests.service.stage import ROOT, Person, Stage

SAMPLE = ROOT / "flows" / "sample-blood-pressure" / "flow.yaml"


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path, script=SAMPLE)
    yield stage
    stage.stop()


async def up_to_the_list(stage: Stage, height: str, weight: str, language: str = "zh") -> Person:
    person = Person(stage, "p1", language)
    await person.to_questions()
    await person.say("56")
    await person.tap("yes")
    await person.say("145mmHg")
    await person.tap("walking", ".done", "yes", "no")
    await person.say(height)
    await person.say(weight)
    return person


def lead(stage: Stage, language: str) -> LeadView:
    (row,) = stage.app.desk.queue_now(language)
    view = stage.app.desk.lead_now(row.code, language)
    assert view is not None
    return view


async def to_queue(person: Person) -> None:
    await person.tap("na", "no", "no", "no", "no", "finish", "yes", ".skip", "chat", "any")


async def test_a_number_is_asked_for_and_shown_in_its_unit(sample: Stage) -> None:
    person = await up_to_the_list(sample, "168", "70.5公斤")
    said = await person.tap("na", "no", "no", "no", "no")
    assert "高压：145毫米汞柱" in said
    assert "身高：168厘米" in said
    assert "体重：70.5公斤" in said
    assert not [words for words in person.heard if "体重指数" in words or "25.0" in words]


async def test_the_lead_shows_the_value_that_was_worked_out(sample: Stage) -> None:
    await to_queue(await up_to_the_list(sample, "168厘米", "70.5"))
    for language, name in (("zh", "体重指数（BMI）"), ("en", "BMI")):
        (bmi,) = [criterion for criterion in lead(sample, language).criteria if criterion.id == "I4"]
        assert [(value.name, value.value, value.state) for value in bmi.worked] == [(name, "25.0", "meets")]
        assert [answer.state for answer in bmi.answers] == ["meets", "meets"]


async def test_without_one_of_the_answers_there_is_no_value_and_the_criterion_is_open(sample: Stage) -> None:
    await to_queue(await up_to_the_list(sample, "168", "跳过"))
    (bmi,) = [criterion for criterion in lead(sample, "zh").criteria if criterion.id == "I4"]
    assert (bmi.state, bmi.worked) == ("open", ())
    assert [answer.state for answer in bmi.answers] == ["open", "open"]


async def test_a_value_that_fails_ends_the_questions(sample: Stage) -> None:
    person = await up_to_the_list(sample, "168", "45", "en")
    assert "Please check your answers" in person.heard[-1]
    said = await person.tap("finish")
    assert "may not be a fit" in said
    assert "BMI" not in said


async def test_what_is_no_such_number_is_asked_again_and_then_left_open(sample: Stage) -> None:
    person = Person(sample, "p1", "en")
    await person.to_questions()
    await person.say("56")
    await person.tap("yes")
    assert "in mmHg" in person.heard[-1]
    for text in ("145/90", "high", "145 kPa"):
        assert "Please send just one number." in await person.say(text)
    assert "We leave this question open." in await person.say("?")
