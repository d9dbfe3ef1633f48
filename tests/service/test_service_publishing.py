"""The life of a version: kept, approved by somebody else, published; live offers nothing less."""

import pytest

from bot.leads.site import BadFact
from bot.service.drafts import discard
from bot.service.publishing import Refused
from bot.store import tables as t
from tests.service.stage import PHONES, SMALL, Person, Stage

SOURCE = SMALL.read_bytes()
OTHER = SOURCE.replace("您今年几周岁？".encode(), "您现在几周岁？".encode())


def trail(stage: Stage) -> list[tuple[str, str]]:
    return [(row.who, row.what) for row in stage.rows(t.audit)]


def test_a_version_is_kept_under_its_hash_and_comes_in_once(live: Stage) -> None:
    publishing = live.app.publishing
    flow = publishing.submit(SOURCE, "anna")
    publishing.submit(SOURCE, "carol")
    (line,) = publishing.list()
    assert (line.hash, line.study, line.added_by, line.published) == (flow.hash, "small", "anna", False)
    assert publishing.submit(OTHER, "anna").hash != flow.hash


def test_its_author_cannot_approve_it(live: Stage) -> None:
    publishing = live.app.publishing
    flow = publishing.submit(SOURCE, "anna")
    with pytest.raises(Refused) as caught:
        publishing.approve(flow.hash, "E-2026-1", "anna")
    assert (caught.value.reason, caught.value.detail) == ("own_version", "anna")
    assert publishing.approve(flow.hash, "E-2026-1", "bob") == flow.hash
    (line,) = publishing.list()
    assert (line.ethics_number, line.approved_by) == ("E-2026-1", "bob")


def test_everybody_who_brought_a_version_in_counts_as_its_author(live: Stage) -> None:
    """Else its author could have somebody else submit it and approve it."""
    publishing = live.app.publishing
    flow = publishing.submit(SOURCE, "anna")
    publishing.submit(SOURCE, "bob")
    for name in ("anna", "bob", " Anna ", "BOB"):
        with pytest.raises(Refused, match="own_version"):
            publishing.approve(flow.hash, "E-2026-1", name)
    assert publishing.approve(flow.hash, "E-2026-1", "carol") == flow.hash


def drafted(stage: Stage, who: str, words: str) -> int:
    """Somebody adds words to the draft; its revision."""
    drafts = stage.app.drafts
    copy = drafts.pull("small") if drafts.draft("small") else None
    source = (copy.source if copy else SOURCE) + f"# {words}\n".encode()
    return drafts.push(source, who, copy.pulled if copy else None).revision


def submitted(stage: Stage, who: str) -> str:
    """Somebody submits the draft."""
    draft = stage.app.drafts.draft("small")
    assert draft is not None
    return stage.app.publishing.submit(draft.source, who, draft.revision).hash


def test_who_saved_the_draft_cannot_approve_what_somebody_else_submits_of_it(live: Stage) -> None:
    publishing = live.app.publishing
    drafted(live, "bob", "Bob's words")
    drafted(live, "anna", "Anna's")
    hash = submitted(live, "anna")
    for name in ("bob", "BOB", "anna"):
        assert publishing.is_author(hash, name)
        with pytest.raises(Refused, match="own_version"):
            publishing.approve(hash, "E-2026-1", name)
    publishing.approve(hash, "E-2026-1", "carol")


def test_nor_what_comes_after_it_until_somebody_else_approved_his_words(live: Stage) -> None:
    publishing = live.app.publishing
    drafted(live, "bob", "Bob's words")
    submitted(live, "anna")  # nobody approves it
    drafted(live, "anna", "Anna's")
    second = submitted(live, "anna")
    with pytest.raises(Refused, match="own_version"):
        publishing.approve(second, "E-2026-1", "bob")
    publishing.approve(second, "E-2026-1", "carol")
    drafted(live, "anna", "more of Anna's")
    assert publishing.approve(submitted(live, "anna"), "E-2026-2", "bob")


def discarded(stage: Stage) -> None:
    """Anna discards the draft."""
    draft = stage.app.drafts.draft("small")
    assert draft is not None
    stage.app.database.run_now(
        lambda records: discard(records, "small", "anna", draft.revision, stage.clock())
    )


def test_a_draft_that_was_discarded_makes_nobody_an_author(live: Stage) -> None:
    drafted(live, "bob", "Bob's words")
    discarded(live)
    drafted(live, "anna", "Anna's")
    live.app.publishing.approve(submitted(live, "anna"), "E-2026-1", "bob")


def test_but_what_is_brought_in_again_as_it_was_is_still_its_writers(live: Stage) -> None:
    drafted(live, "bob", "Bob's words")
    discarded(live)
    drafted(live, "anna", "Bob's words")
    drafted(live, "anna", "Anna's")
    hash = submitted(live, "anna")
    with pytest.raises(Refused, match="own_version"):
        live.app.publishing.approve(hash, "E-2026-1", "bob")
    live.app.publishing.approve(hash, "E-2026-1", "carol")


def test_a_file_does_not_hide_who_wrote_the_draft_it_was_pulled_from(live: Stage) -> None:
    drafted(live, "bob", "Bob's words")
    draft = live.app.drafts.draft("small")
    assert draft is not None
    hash = live.app.publishing.submit(draft.source + b"# a comment\n", "anna").hash
    with pytest.raises(Refused, match="own_version"):
        live.app.publishing.approve(hash, "E-2026-1", "bob")
    live.app.publishing.approve(hash, "E-2026-1", "carol")
    # What is approved is the file's content; of the draft Bob is an author still.
    with pytest.raises(Refused, match="own_version"):
        live.app.publishing.approve(submitted(live, "anna"), "E-2026-2", "bob")


def test_who_the_script_names_as_its_author_cannot_approve_it(live: Stage) -> None:
    publishing = live.app.publishing
    flow = publishing.submit(SOURCE.replace(b"author: test team", b"author: Dr. Wang"), "anna")
    live.app.staff.add("Dr. Wang", "admin")
    for name in ("Dr. Wang", "dr.wang"):
        with pytest.raises(Refused, match="own_version"):
            publishing.approve(flow.hash, "E-2026-1", name)
    publishing.approve(flow.hash, "E-2026-1", "bob")


@pytest.mark.parametrize(
    ("role", "steps"),
    [
        ("coordinator", []),
        ("auditor", []),
        ("editor", ["draft", "submit", "publish", "roll_back", "retire", "replay"]),
        ("approver", ["draft", "submit", "approve", "publish", "roll_back", "retire", "replay"]),
        ("admin", ["draft", "submit", "approve", "publish", "roll_back", "retire", "replay"]),
    ],
)
def test_a_step_is_taken_by_a_member_of_staff_with_a_role_for_it(
    live: Stage, role: str, steps: list[str]
) -> None:
    live.app.staff.add("Wang", role)
    for step in ("draft", "submit", "approve", "publish", "roll_back", "retire", "replay"):
        with pytest.raises(Refused, match="not_staff"):
            live.app.publishing.admit("mallory", step)
        if step in steps:
            live.app.publishing.admit("wang", step)
            continue
        with pytest.raises(Refused, match="not_entitled") as caught:
            live.app.publishing.admit("wang", step)
        assert caught.value.detail == f"wang ({role})"


@pytest.mark.parametrize("step", ["submit", "approve", "publish", "roll_back", "retire"])
def test_whoever_calls_each_step_asks_for_the_role(live: Stage, step: str) -> None:
    publishing = live.app.publishing
    hash = publishing.submit(SOURCE, "anna").hash
    steps = {
        "submit": lambda: publishing.submit(OTHER, "mei"),
        "approve": lambda: publishing.approve(hash, "E-2026-1", "mei"),
        "publish": lambda: publishing.publish(hash, "mei"),
        "roll_back": lambda: publishing.roll_back("small", "mei"),
        "retire": lambda: publishing.retire(hash, "mei"),
    }
    with pytest.raises(Refused, match="not_staff"):
        steps[step]()
    live.app.staff.add("mei", "coordinator")
    with pytest.raises(Refused, match="not_entitled"):
        steps[step]()
    assert [line.state for line in publishing.list()] == ["submitted"]


def test_what_is_not_approved_cannot_be_published(live: Stage) -> None:
    publishing = live.app.publishing
    flow = publishing.submit(SOURCE, "anna")
    with pytest.raises(Refused) as caught:
        publishing.publish(flow.hash, "bob")
    assert (caught.value.reason, caught.value.detail) == ("not_approved", flow.hash[:12])
    publishing.approve(flow.hash, "E-2026-1", "bob")
    assert publishing.publish(flow.hash[:6], "bob") == flow.hash
    assert [line.published for line in publishing.list()] == [True]


def test_an_approval_is_of_one_exact_content(live: Stage) -> None:
    publishing = live.app.publishing
    flow = publishing.submit(SOURCE, "anna")
    publishing.approve(flow.hash, "E-2026-1", "bob")
    changed = publishing.submit(OTHER, "anna")
    with pytest.raises(Refused):
        publishing.publish(changed.hash, "bob")


@pytest.mark.parametrize("prefix", ["", "abc", "000000", "zzzzzz"])
def test_a_version_is_named_by_six_characters_at_least(live: Stage, prefix: str) -> None:
    live.app.publishing.submit(SOURCE, "anna")
    for act in (
        lambda: live.app.publishing.approve(prefix, "E-1", "bob"),
        lambda: live.app.publishing.publish(prefix, "bob"),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert (caught.value.reason, caught.value.detail) == ("no_such_version", prefix)


def test_a_beginning_that_names_several_versions_names_none(
    live: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing = live.app.publishing
    publishing.submit(SOURCE, "anna")

    def twin(records: object) -> None:
        records.add_version("abcdef1", "small", b"x", "anna", live.clock())  # type: ignore[attr-defined]
        records.add_version("abcdef2", "small", b"x", "anna", live.clock())  # type: ignore[attr-defined]

    live.app.database.run_now(twin)
    with pytest.raises(Refused):
        publishing.approve("abcdef", "E-1", "bob")


def test_a_version_shows_that_participants_read_other_interface_words_now(live: Stage) -> None:
    publishing = live.app.publishing
    flow = publishing.submit(SOURCE, "anna")
    assert [line.words_changed for line in publishing.list()] == [False]
    publishing.approve(flow.hash, "E-2026-1", "bob")
    assert [line.words_changed for line in publishing.list()] == [False]
    with live.app.database.engine.begin() as connection:
        connection.execute(t.approvals.update().values(words_hash="0" * 64))
    assert [line.words_changed for line in publishing.list()] == [True]
    publishing.approve(flow.hash, "E-2026-2", "bob")
    assert [line.words_changed for line in publishing.list()] == [False]


def test_every_step_is_in_the_trail(live: Stage) -> None:
    live.open()
    steps = [step for step in trail(live) if step[1] != "fact"]
    assert steps == [("anna", "submitted"), ("bob", "approved"), ("bob", "published")]


# retired, rolled back


def put_out(stage: Stage, source: bytes, running: str = "continue") -> str:
    publishing = stage.app.publishing
    flow = publishing.submit(source, "anna")
    publishing.approve(flow.hash, "E-2026-1", "bob")
    return publishing.publish(flow.hash, "bob", running)


def worded(words: str) -> bytes:
    """The small script with other words in its first question."""
    return SOURCE.replace("您今年几周岁？".encode(), words.encode())


def states(stage: Stage) -> dict[str, str]:
    return {line.hash: line.state for line in stage.app.publishing.list()}


def test_a_version_that_is_published_replaces_the_one_before(live: Stage) -> None:
    first, second = put_out(live, SOURCE), put_out(live, OTHER)
    kept = live.app.publishing.submit(worded("您多大了？"), "anna").hash
    assert states(live) == {first: "replaced", second: "published", kept: "submitted"}
    live.app.publishing.approve(kept, "E-2026-2", "bob")
    assert states(live)[kept] == "approved"
    put_out_again = live.app.publishing.publish(first, "bob")
    assert states(live) == {first: "published", second: "replaced", kept: "approved"}
    assert put_out_again == first


def test_every_version_is_kept_whole(live: Stage) -> None:
    first, _ = put_out(live, SOURCE), put_out(live, OTHER)
    assert live.app.publishing.source(first[:8]) == SOURCE
    live.app.publishing.retire(first, "bob")
    assert live.app.publishing.source(first) == SOURCE


def test_one_command_goes_back_to_the_version_before(live: Stage) -> None:
    publishing = live.app.publishing
    first, second, third = (put_out(live, source) for source in (SOURCE, OTHER, worded("您多大了？")))
    assert publishing.roll_back("small", "bob") == second
    assert publishing.roll_back("small", "anna") == first
    assert states(live) == {first: "published", second: "replaced", third: "replaced"}
    with pytest.raises(Refused, match="nothing_before"):
        publishing.roll_back("small", "bob")
    publishing.publish(third, "bob")
    assert publishing.roll_back("small", "bob") == first
    steps = [step for step in trail(live) if step[1] == "rolled_back"]
    assert steps == [("bob", "rolled_back"), ("anna", "rolled_back"), ("bob", "rolled_back")]


def test_who_goes_back_says_from_where(live: Stage) -> None:
    """A double click, or two people at once, go back one version and not two."""
    publishing = live.app.publishing
    first, second, third = (put_out(live, source) for source in (SOURCE, OTHER, worded("您多大了？")))
    assert publishing.roll_back("small", "bob", present=third) == second
    with pytest.raises(Refused, match="not_present"):
        publishing.roll_back("small", "anna", present=third)
    assert states(live) == {first: "replaced", second: "published", third: "replaced"}
    assert publishing.roll_back("small", "anna", present=second[:8]) == first
    with pytest.raises(Refused, match="no_such_version"):
        publishing.roll_back("small", "anna", present="000000")


def test_it_does_not_go_back_to_what_was_retired_or_is_not_approved_any_more(live: Stage) -> None:
    publishing = live.app.publishing
    first, second, third = (put_out(live, source) for source in (SOURCE, OTHER, worded("您多大了？")))
    put_out(live, worded("请问您多大了？"))
    publishing.retire(third, "bob")
    with live.app.database.engine.begin() as connection:
        connection.execute(t.approvals.delete().where(t.approvals.c.version == second))
    assert publishing.roll_back("small", "bob") == first
    with pytest.raises(Refused, match="not_approved"):
        publishing.publish(second, "bob")


@pytest.mark.parametrize("study", ["small", "nowhere"])
def test_nothing_published_is_nothing_to_go_back_from(live: Stage, study: str) -> None:
    live.app.publishing.submit(SOURCE, "anna")
    with pytest.raises(Refused, match="nothing_before"):
        live.app.publishing.roll_back(study, "bob")


def test_what_was_retired_never_comes_back(live: Stage) -> None:
    publishing = live.app.publishing
    first = put_out(live, SOURCE)
    publishing.retire(first[:6], "carol")
    assert states(live) == {first: "retired"}
    for step in (
        lambda: publishing.publish(first, "bob"),
        lambda: publishing.approve(first, "E-2", "bob"),
        lambda: publishing.retire(first, "bob"),
    ):
        with pytest.raises(Refused, match="retired_version"):
            step()
    assert ("carol", "retired") in trail(live)
    second = put_out(live, OTHER)
    assert states(live) == {first: "retired", second: "published"}


async def test_where_the_published_version_is_retired_the_study_is_not_open(live: Stage) -> None:
    live.open()
    lin = await Person(live).to_questions()
    (line,) = live.app.publishing.list()
    live.app.publishing.retire(line.hash, "bob")
    assert "研究介绍。" not in await greeting(live, "other")
    assert "现在不招募。" in await lin.say("35")
    assert live.counts().get("answers", 0) == 0


async def test_after_a_rollback_new_runs_take_the_version_before_and_running_ones_stay(live: Stage) -> None:
    live.open()
    put_out(live, OTHER)
    lin = await Person(live).to_questions()
    live.app.publishing.roll_back("small", "bob")
    assert "您现在几周岁？" in await lin.say("你好")
    other = await Person(live, "p2").to_questions()
    assert "您今年几周岁？" in other.heard[-1]


# of before the checker learned more

UNREADABLE = SOURCE.replace(b"kind: number", b"kind: nunber")
PRAISED = SOURCE.replace("研究介绍。".encode(), "研究介绍，安全有效。".encode())


@pytest.mark.parametrize("source", [UNREADABLE, PRAISED], ids=["unreadable", "against a rule"])
def test_a_broken_version_can_be_retired_and_nothing_else(live: Stage, source: bytes) -> None:
    publishing = live.app.publishing
    hash = live.publish_unchecked(source)
    assert publishing.is_broken(hash)
    for step in (
        lambda: publishing.publish(hash, "bob"),
        lambda: publishing.approve(hash, "E-2", "carol"),
    ):
        with pytest.raises(Refused, match="broken_version"):
            step()
    mended = put_out(live, OTHER)
    assert not publishing.is_broken(mended)
    with pytest.raises(Refused, match="nothing_before"):
        publishing.roll_back("small", "bob", present=mended)
    publishing.retire(hash, "bob")
    assert states(live) == {hash: "retired", mended: "published"}


async def test_a_published_version_goes_on_whatever_rules_came_since(live: Stage) -> None:
    live.open()
    live.publish_unchecked(PRAISED)
    lin = await Person(live).to_questions()
    assert any("安全有效" in words for words in lin.heard)
    assert "治疗过吗" in await lin.say("35")


async def test_one_that_cannot_be_read_any_more_is_not_offered(live: Stage) -> None:
    live.open()
    live.publish_unchecked(UNREADABLE)
    assert "研究介绍。" not in await greeting(live, "a")
    put_out(live, OTHER)
    assert "研究介绍。" in await greeting(live, "b")


# what is offered

CLOSED = "目前没有开放"


async def greeting(stage: Stage, address: str) -> str:
    person = Person(stage, address)
    words = await person.say("/start")
    return await person.tap("zh") if person.buttons else words


async def test_live_offers_nothing_before_it_is_approved_published_and_confirmed(live: Stage) -> None:
    publishing = live.app.publishing
    assert "您好" not in await greeting(live, "a")
    assert live.counts().get("chats", 0) == 0
    flow = publishing.submit(SOURCE, "anna")
    assert "您好" not in await greeting(live, "b")
    publishing.approve(flow.hash, "E-2026-1", "bob")
    assert "您好" not in await greeting(live, "c")
    publishing.publish(flow.hash, "bob")
    assert "现在不招募。" in await greeting(
        live, "d"
    )  # the study is known, but nobody confirmed that it recruits
    for name, value in {**PHONES, "recruiting": "yes", "status_checked_on": "2026-06-15"}.items():
        publishing.set_fact("small", name, value, "admin")
    assert "研究介绍。" in await greeting(live, "e")


@pytest.mark.parametrize(
    ("name", "value"),
    [("recruiting", "no"), ("status_checked_on", "2026-03-01"), ("status_checked_on", "")],
)
async def test_live_asks_nothing_once_recruiting_is_not_confirmed(live: Stage, name: str, value: str) -> None:
    live.open()
    lin = Person(live)
    await lin.to_questions()
    live.app.publishing.set_fact("small", name, value, "admin")
    assert "现在不招募。" in await lin.say("35")
    assert live.counts().get("answers", 0) == 0
    assert "现在不招募。" in await greeting(live, "other")


async def test_a_published_version_whose_approval_is_gone_is_not_offered(live: Stage) -> None:
    live.open()
    with live.app.database.engine.begin() as connection:
        connection.execute(t.approvals.delete())
    assert "研究介绍。" not in await greeting(live, "a")


async def test_a_running_chat_stays_on_its_version(live: Stage) -> None:
    live.open()
    lin = Person(live)
    await lin.to_questions()
    assert "您今年几周岁？" in lin.heard[-1]
    publishing = live.app.publishing
    newer = publishing.submit(OTHER, "anna")
    publishing.approve(newer.hash, "E-2026-2", "bob")
    publishing.publish(newer.hash, "bob")
    assert "您今年几周岁？" in await lin.say("你好")
    other = Person(live, "p2")
    await other.to_questions()
    assert "您现在几周岁？" in other.heard[-1]


async def test_the_demonstration_runs_unapproved_and_says_so(stage: Stage, lin: Person) -> None:
    await lin.to_queue()
    assert "演示" in lin.heard[0]
    assert "演示" in lin.heard[-1]
    assert all(row.demo for row in stage.app.desk.queue_now("zh"))


async def test_live_does_not_speak_of_a_demonstration(live: Stage) -> None:
    live.open()
    lin = Person(live)
    await lin.to_queue()
    assert not [words for words in lin.heard if "演示" in words]
    assert "2026年6月16日 17:30" in lin.heard[-1]
    assert PHONES["phone"] in lin.heard[-1]


@pytest.mark.parametrize(("live_mode", "alerts"), [(True, 1), (False, 0)])
async def test_coordinators_are_alerted_of_code_and_status_only_and_never_in_a_demonstration(
    request: pytest.FixtureRequest, live_mode: bool, alerts: int
) -> None:
    stage: Stage = request.getfixturevalue("live" if live_mode else "stage")
    if live_mode:
        stage.open()
    stage.app.publishing.set_fact("small", "alert_chat", "-1001", "admin")
    lin = Person(stage)
    await lin.to_queue()
    feed = await stage.app.intake.feed("telegram", "-1001")
    assert len(feed) == alerts
    for posted in feed:
        (row,) = stage.app.desk.queue_now("zh")
        assert [line.text for line in posted.outgoing.lines] == [f"{row.code} · 新意向 · new lead"]
        assert posted.outgoing.rows == ()


# site facts


async def test_leads_are_kept_until_their_days_after_recruiting_ended(live: Stage) -> None:
    """R-11: and if it begins again before, they stay."""
    live.open()
    lin = await Person(live).to_queue()
    publishing = live.app.publishing
    publishing.set_fact("small", "recruiting", "no", "admin")
    live.clock.move(days=100)
    # Neither a second word of it nor what the person does lengthens the days.
    publishing.set_fact("small", "recruiting", "no", "admin")
    await lin.say("/status")
    live.clock.move(days=79)
    await live.app.timers.tick()
    assert live.counts()["leads"] == 1
    publishing.set_fact("small", "status_checked_on", live.clock.now.date().isoformat(), "admin")
    publishing.set_fact("small", "recruiting", "yes", "admin")
    live.clock.move(days=30)
    await live.app.timers.tick()
    assert live.counts()["leads"] == 1
    publishing.set_fact("small", "recruiting", "no", "admin")
    live.clock.move(days=180)
    await live.app.timers.tick()
    assert not {"leads", "identities", "answers", "chats"} & set(live.counts())


async def test_when_nobody_confirms_any_more_that_it_goes_on_recruiting_counts_as_ended(live: Stage) -> None:
    live.open()
    await Person(live).to_queue()
    live.clock.move(days=90 + 179)
    await live.app.timers.tick()
    assert live.counts()["leads"] == 1
    live.clock.move(days=1)
    await live.app.timers.tick()
    assert not {"leads", "identities", "answers", "chats"} & set(live.counts())


async def test_a_withdrawn_persons_days_are_nobodys_to_lengthen(live: Stage) -> None:
    live.open()
    lin = await Person(live).to_queue()
    await lin.tap("withdraw", "withdraw")
    for recruiting in ("yes", "no", "yes"):
        live.app.publishing.set_fact("small", "recruiting", recruiting, "admin")
    live.clock.move(days=30)
    await live.app.timers.tick()
    assert not {"leads", "answers", "chats"} & set(live.counts())


def test_a_site_fact_is_checked_kept_and_noted_without_phones(live: Stage) -> None:
    publishing = live.app.publishing
    with pytest.raises(BadFact):
        publishing.set_fact("small", "phone", "call us", "admin")
    assert publishing.facts("small")["phone"] == ""
    publishing.set_fact("small", "phone", "0591-5550101", "admin")
    publishing.set_fact("small", "delete_days", "14", "admin")
    facts = publishing.facts("small")
    assert (facts["phone"], facts["delete_days"], facts["stop_days"]) == ("0591-5550101", "14", "7")
    details = [row.detail for row in live.rows(t.audit) if row.what == "fact"]
    assert details == [{"name": "phone"}, {"name": "delete_days", "was": "", "value": "14"}]


def test_the_trail_keeps_what_a_fact_was_but_no_phone_and_no_chat(live: Stage) -> None:
    def noted(**facts: str) -> list[dict[str, str]]:
        before = len(live.rows(t.audit))
        for name, value in facts.items():
            live.app.publishing.set_fact("small", name, value, "admin")
        return [row.detail for row in live.rows(t.audit)[before:]]

    noted(hours="08:00-12:00", recruiting="no", ae_phone="0591-5550102", alert_chat="-1001")
    assert noted(
        hours="09:00-12:00", ae_phone="0591-5550103", ethics_phone="0591-5550104", alert_chat="-1002"
    ) == [
        {"name": "hours", "was": "08:00-12:00", "value": "09:00-12:00"},
        {"name": "ae_phone"},
        {"name": "ethics_phone"},
        {"name": "alert_chat"},
    ]
    today = live.clock().date().isoformat()
    assert noted(recruiting="yes") == [
        {"name": "ended_on", "was": today, "value": ""},
        {"name": "recruiting", "was": "no", "value": "yes"},
    ]


@pytest.mark.parametrize("number", ["…", "-", "???", "（）"])
def test_an_ethics_number_has_a_letter_or_a_digit(live: Stage, number: str) -> None:
    hash = live.app.publishing.submit(SOURCE, "anna").hash
    with pytest.raises(Refused) as refused:
        live.app.publishing.approve(hash, number, "bob")
    assert (refused.value.reason, refused.value.detail) == ("no_number", number)
    live.app.publishing.approve(hash, "伦审", "bob")
