"""The site facts as staff see and set them: who may do what is decided in the service."""

import pytest

from bot.service.sites import SiteView
from bot.service.staff import NotAllowed
from bot.service.views import StaffMember
from tests.service.stage import Person, Stage

MEI, LIN, BOB = (StaffMember(name, name) for name in ("mei", "lin", "bob"))


@pytest.fixture
def sites(live: Stage) -> Stage:
    """A live study; Mei is a coordinator, Lin an editor, Bob left."""
    live.open()
    for name, role in (("mei", "coordinator"), ("lin", "editor"), ("bob", "admin")):
        live.app.staff.add(name, role)
    live.app.staff.remove("bob")
    return live


async def view(stage: Stage, member: StaffMember, language: str = "zh") -> SiteView:
    found = await stage.app.sites.site("small", language, member)
    assert found is not None
    return found


async def test_the_facts_are_told_with_what_they_are_for(sites: Stage) -> None:
    small = await view(sites, LIN, "en")
    assert (small.name, small.recruits, small.stopped) == ("Small study", True, False)
    facts = {fact.name: fact for fact in small.facts}
    assert facts["recruiting"].choices == ("yes", "no")
    assert "phone number such as" in facts["phone"].form
    assert not any(fact.needed for fact in small.facts)
    assert await sites.app.sites.site("nothing", "en", LIN) is None


async def test_an_editor_sets_what_fits_and_is_told_what_does_not(sites: Stage) -> None:
    assert await sites.app.sites.set("small", "delete_days", " 14 ", "zh", LIN) == ""
    assert {fact.name: fact.value for fact in (await view(sites, LIN)).facts}["delete_days"] == "14"
    for language, words in (("zh", "整数"), ("en", "whole number")):
        assert words in await sites.app.sites.set("small", "delete_days", "soon", language, LIN)


@pytest.mark.parametrize("value", ["lin", "bob", "MEI", "nobody"])
async def test_the_second_person_is_somebody_who_works_on_leads(sites: Stage, value: str) -> None:
    sites.app.staff.add("chen", "admin")
    for fits in ("mei", "chen", ""):
        assert await sites.app.sites.set("small", "second_person", fits, "zh", LIN) == ""
    for language, words in (("zh", "已登记的协调员或管理员"), ("en", "a registered coordinator or admin")):
        assert words in await sites.app.sites.set("small", "second_person", value, language, LIN)
    assert sites.app.publishing.facts("small")["second_person"] == ""


def test_in_the_demonstration_nobody_needs_to_be_registered(stage: Stage) -> None:
    stage.app.publishing.set_fact("small", "second_person", "Wei", "admin")
    assert stage.app.publishing.facts("small")["second_person"] == "Wei"


async def test_a_coordinator_stops_recruiting_and_sets_nothing_else(sites: Stage) -> None:
    small = await view(sites, MEI)
    assert (small.may_set, small.may_stop) == (False, True)
    for name, value in (("recruiting", "yes"), ("phone", "0591-5550199"), ("delete_days", "1")):
        with pytest.raises(NotAllowed):
            await sites.app.sites.set("small", name, value, "zh", MEI)
    lin = Person(sites)
    await lin.to_questions()
    assert await sites.app.sites.set("small", "recruiting", "no", "zh", MEI) == ""
    assert (await view(sites, MEI)).stopped
    await lin.say("35")
    assert "不招募" in lin.heard[-1]


@pytest.mark.parametrize("member", [BOB, StaffMember("nobody", "nobody")])
async def test_whoever_is_not_on_the_staff_any_more_does_nothing(sites: Stage, member: StaffMember) -> None:
    with pytest.raises(NotAllowed):
        await sites.app.sites.set("small", "recruiting", "no", "zh", member)
    assert (await view(sites, LIN)).recruits
