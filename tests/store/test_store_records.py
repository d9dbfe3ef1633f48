"""What a step reads and writes, on SQLite and on PostgreSQL."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.core.run import Chat
from bot.leads.chain import START
from bot.leads.queue import Lane, Wanted, place
from bot.store import tables as t
from bot.store.database import connect
from bot.store.records import Records
from bot.store.vault import Box, UnusableKey, Vault, read_keys
from tests.store.conftest import KEYS, Stored
from tests.store.people import DAY, NOW, answer, consent, lead, live, message, request, run

MINUTE = timedelta(minutes=1)


def rows(store: Stored, table: Table) -> list[Any]:
    with store.engine.connect() as connection:
        return list(connection.execute(select(table)))


def counts(store: Stored) -> dict[str, int]:
    """How many rows there are, where there are any; trail and meta aside."""
    with store.engine.connect() as connection:
        found = {
            name: connection.scalar(select(func.count()).select_from(table))
            for name, table in t.metadata.tables.items()
        }
    return {name: count for name, count in found.items() if count and name not in ("audit", "meta")}


# updates and chats


def test_an_update_is_seen_for_the_first_time_once(store: Stored) -> None:
    sights = [store(lambda records: records.first_sight("web", "u1", NOW)) for _ in range(2)]
    assert sights == [True, False]
    assert store(lambda records: records.first_sight("telegram", "u1", NOW))


def test_a_chat_comes_back_as_it_was_saved(store: Stored) -> None:
    chat = store.new_chat("林的手机")
    chat.state["phase"] = "asking"
    store(lambda records: records.save_chat(chat, NOW))
    found = store(lambda records: records.chat("web", "林的手机"))
    assert found is not None
    assert (found.id, found.address, found.state, found.run) == (chat.id, "林的手机", chat.state, None)
    assert store(lambda records: records.chat_by_id(chat.id)) is not None
    assert store(lambda records: records.chat("telegram", "林的手机")) is None
    assert store(lambda records: records.chat_by_id("nobody")) is None


def test_two_people_never_share_an_address(store: Stored) -> None:
    store.new_chat("same")
    with pytest.raises(IntegrityError):
        store.new_chat("same")


def test_times_come_back_in_utc(store: Stored) -> None:
    chat = store.new_chat()
    local = NOW.astimezone(timezone(timedelta(hours=8)))
    store(lambda records: records.start_run(chat, run(started_at=local), ""))
    found = store(lambda records: records.run("run-1"))
    assert found is not None
    assert (found.started_at, found.started_at.tzinfo) == (NOW, UTC)


# runs and answers


def test_answers_are_only_ever_added(store: Stored) -> None:
    chat = store.new_chat()
    record = [answer("age", 35), answer("hormones", "pill"), answer("age", 36), answer("hormones", None)]

    def write(records: Records) -> None:
        records.start_run(chat, run(), "poster")
        for line in record:
            records.add_answer(chat, "run-1", line)

    store(write)
    assert store(lambda records: records.answers(chat, "run-1")) == record
    assert store(lambda records: records.answers(chat, "run-2")) == []


def test_a_run_keeps_its_result_when_a_later_outcome_replaces_the_first(store: Stored) -> None:
    chat = store.new_chat()
    store(lambda records: records.start_run(chat, run(), ""))
    result = {"verdict": "likely_match"}
    store(lambda records: records.end_run(chat, "run-1", "likely_match", result, NOW, "2026-06-15"))
    store(lambda records: records.end_run(chat, "run-1", "not_interested", {}, NOW, "2026-06-16"))
    (found,) = store(lambda records: records.ended_runs(chat, "small"))
    assert (found.outcome, found.result, found.ended_on) == ("not_interested", result, "2026-06-16")
    bare = store(lambda records: records.run("run-1"))
    assert bare is not None
    assert bare.result == {}  # only the person's key opens it
    assert store(lambda records: records.run("nothing")) is None


def test_only_runs_that_ended_are_earlier_ones(store: Stored) -> None:
    chat = store.new_chat()

    def write(records: Records) -> None:
        records.start_run(chat, run("late", started_at=NOW + DAY), "")
        records.start_run(chat, run("early"), "")
        records.start_run(chat, run("open"), "")
        records.start_run(chat, run("elsewhere", study="other"), "")
        for id in ("late", "early", "elsewhere"):
            records.end_run(chat, id, "not_match", {}, NOW, "2026-06-15")

    store(write)
    found = store(lambda records: records.ended_runs(chat, "small"))
    assert [earlier.id for earlier in found] == ["early", "late"]
    assert set(store(lambda records: records.studies_of(chat))) == {"small", "other"}
    owner = store(lambda records: records.run_owner("open"))
    assert owner is not None
    assert owner.id == chat.id
    assert store(lambda records: records.run_owner("nothing")) is None


def test_a_consent_is_kept_and_its_withdrawal_noted_once(store: Stored) -> None:
    chat = store.new_chat()

    def write(records: Records) -> None:
        records.start_run(chat, run(), "")
        for purpose in ("consent_health", "contact"):
            records.add_consent(**consent(chat, "run-1", purpose))
        records.withdraw_consents("run-1", ["contact"], "button", NOW + DAY)
        records.withdraw_consents("run-1", ["contact"], "again", NOW + 2 * DAY)

    store(write)
    health, contact = store(lambda records: records.consents("run-1"))
    assert health.withdrawn_at is None
    assert (contact.purpose, contact.withdrawn_at, contact.withdrawn_how) == ("contact", NOW + DAY, "button")


# leads and requests


def test_a_lead_comes_back_whole_with_its_identity_apart(store: Stored) -> None:
    chat = store.new_chat()
    queued = store(lambda records: live(records, chat))
    found = store(lambda records: records.lead(queued.code))
    assert found is not None
    assert found[0] == queued
    assert store(lambda records: records.identity(found[1], queued.code)) == ("林女士", "+8613800138000")
    assert store(lambda records: records.lead("L-NONE-NONE")) is None
    assert [r.id for r in store(lambda records: records.runs_of_lead(chat, queued.code))] == ["run-1"]
    columns = {column.name for column in t.leads.columns}
    assert not columns & {"name", "phone", "phone_hash", "address"}


def test_a_person_has_one_open_lead_per_study_and_later_runs_join_it(store: Stored) -> None:
    chat = store.new_chat()
    queued = store(lambda records: live(records, chat))
    assert store(lambda records: records.open_lead(chat, "small")) == queued
    assert store(lambda records: records.open_lead(chat, "other")) is None

    def again(records: Records) -> None:
        records.start_run(chat, run("run-2", started_at=NOW + DAY), "")
        for _ in range(2):
            records.add_evidence(queued.code, "run-2", NOW)

    store(again)
    assert [r.id for r in store(lambda records: records.runs_of_lead(chat, queued.code))] == [
        "run-1",
        "run-2",
    ]
    assert len(store(lambda records: records.leads_page(Wanted(), NOW, 50))) == 1
    store(lambda records: records.change_lead(queued.code, status="withdrawn", closed_at=NOW))
    assert store(lambda records: records.open_lead(chat, "small")) is None
    assert store(lambda records: records.leads_page(Wanted(), NOW, 50)) == []


def test_the_queue_is_ordered_by_rank_then_age(store: Stored) -> None:
    for number, (rank, hours) in enumerate([(3, 0), (0, 2), (1, 0), (0, 1)]):
        chat = store.new_chat()
        at = NOW + timedelta(hours=hours)
        store(
            lambda records, c=chat, n=number, r=rank, a=at: live(
                records, c, f"L-{n}", f"run-{n}", place=place(Lane.NOW, r, a), created_at=a
            )
        )
    assert [found.code for found in store(lambda records: records.leads_page(Wanted(), NOW, 50))] == [
        "L-3",
        "L-1",
        "L-2",
        "L-0",
    ]
    assert len(store(lambda records: records.leads_page(Wanted(), NOW, 2))) == 2


def test_a_phone_can_change_and_an_identity_be_forgotten(store: Stored) -> None:
    chat = store.new_chat()
    queued = store(lambda records: live(records, chat))
    store(lambda records: records.change_phone(chat, queued.code, "+8613900139000"))
    assert store(lambda records: records.identity(chat, queued.code)) == ("林女士", "+8613900139000")
    store(lambda records: records.change_lead(queued.code, open_criteria=("E3",), call_time="evening"))
    found = store(lambda records: records.lead(queued.code))
    assert found is not None
    assert (found[0].open_criteria, found[0].call_time) == (("E3",), "evening")
    store(lambda records: records.forget_identity(queued.code))
    assert store(lambda records: records.identity(chat, queued.code)) == ("", "")


def test_a_lead_may_give_neither_name_nor_phone(store: Stored) -> None:
    chat = store.new_chat()

    def write(records: Records) -> None:
        records.start_run(chat, run(), "")
        records.queue_lead(chat, lead(), "", "")

    store(write)
    assert store(lambda records: records.identity(chat, lead().code)) == ("", "")
    (row,) = rows(store, t.identities)
    assert (row.name, row.phone, row.phone_hash) == (None, None, None)


def test_a_request_of_a_kind_waits_once_per_person_and_is_gone_after_its_time(store: Stored) -> None:
    until = NOW + 7 * DAY

    def ask(code: str, kind: str, address: str) -> bool:
        return store(lambda records: records.add_request("web", address, request(code, kind), until))

    asked = [
        ask("R-1", "human", "a"),
        ask("R-2", "human", "a"),
        ask("R-3", "unwell", "a"),
        ask("R-4", "human", "b"),
    ]
    assert asked == [True, False, True, True]
    assert {found.code for found in store(lambda records: records.requests_page(NOW, 50))} == {
        "R-1",
        "R-3",
        "R-4",
    }
    assert request("R-1", "human") in store(lambda records: records.requests_page(NOW, 50))
    assert store(lambda records: records.expire_requests(until - MINUTE)) == 0
    assert store(lambda records: records.expire_requests(until)) == 3
    assert store(lambda records: records.requests_page(NOW, 50)) == []


def test_somebody_unwell_again_after_ten_minutes_is_news(store: Stored) -> None:
    def ask(code: str, kind: str, minutes: int) -> bool:
        asked = request(code, kind, NOW + minutes * MINUTE)
        return store(lambda records: records.add_request("web", "a", asked, NOW + 7 * DAY))

    assert [ask("R-1", "unwell", 0), ask("R-2", "unwell", 9), ask("R-3", "unwell", 10)] == [True, False, True]
    assert [ask("R-4", "human", 0), ask("R-5", "human", 600)] == [True, False]


def test_a_request_says_where_to_answer(store: Stored) -> None:
    store(lambda records: records.add_request("telegram", "4711", request("R-1"), NOW + DAY))
    assert store(lambda records: records.request_address("R-1")) == "4711"
    assert store(lambda records: records.request_address("R-2")) == ""


def test_the_runs_behind_a_studys_leads_are_known(store: Stored) -> None:
    chat = store.new_chat()
    store(lambda records: live(records, chat))
    store(lambda records: records.start_run(chat, run("run-2"), ""))
    store(lambda records: records.end_run(chat, "run-1", "likely_match", {}, NOW, "2026-06-15"))
    assert store(lambda records: records.runs_of_leads("small")) == ["run-1"]
    assert store(lambda records: records.runs_of_leads("other")) == []
    # A run that was no fit goes with its own time, whatever becomes of recruiting.
    store(lambda records: records.end_run(chat, "run-1", "not_match", {}, NOW, "2026-06-15"))
    assert store(lambda records: records.runs_of_leads("small")) == []


def test_a_run_is_kept_until_its_time_is_over(store: Stored) -> None:
    chat = store.new_chat()
    for id, study in (("run-1", "small"), ("run-2", "other"), ("run-3", "small")):
        store(lambda records, id=id, study=study: records.start_run(chat, run(id, study), "web"))
    assert store(lambda records: records.kept_runs("small", NOW)) == []  # none has ended
    for id in ("run-1", "run-2", "run-3"):
        store(lambda records, id=id: records.end_run(chat, id, "not_match", {}, NOW, "2026-06-15"))
    store(lambda records: records.set_timer("erase_run", "run-1", NOW + DAY))
    store(lambda records: records.set_timer("remind", "run-3", NOW))
    kept = {at: store(lambda records, at=at: records.kept_runs("small", at)) for at in (NOW, NOW + DAY)}
    assert kept == {NOW: [(chat.id, "run-1"), (chat.id, "run-3")], NOW + DAY: [(chat.id, "run-3")]}


# the outbox


def posted(
    store: Stored, *texts: str, address: str = "a", channel: str = "telegram", chat: Chat | None = None
) -> None:
    for number, words in enumerate(texts, 1):
        store(lambda records, w=words, n=number: records.post(channel, address, message(w, n), NOW, chat))


def heads(store: Stored, at: datetime = NOW, channel: str = "telegram") -> list[tuple[str, str]]:
    found = store(lambda records: list(records.heads(channel, at, 10)))
    return [(head.address, head.content["lines"][0][0]) for head in found]


def test_messages_of_a_chat_go_out_one_after_another(store: Stored) -> None:
    posted(store, "一", "二", address="a")
    posted(store, "I", "II", address="b")
    posted(store, "elsewhere", channel="web")
    assert heads(store) == [("a", "一"), ("b", "I")]
    (first, _) = store(lambda records: records.heads("telegram", NOW, 10))
    store(lambda records: records.sent(first.id, "m1", NOW))
    assert heads(store) == [("a", "二"), ("b", "I")]


def test_a_leased_message_is_nobody_elses_until_the_lease_ends_and_holds_up_the_rest(store: Stored) -> None:
    posted(store, "一", "二")
    (head,) = store(lambda records: records.heads("telegram", NOW, 10))
    store(lambda records: records.lease([head.id], NOW + MINUTE))
    assert heads(store) == []
    assert heads(store, NOW + MINUTE) == [("a", "一")]


def test_a_message_that_failed_comes_again_later(store: Stored) -> None:
    posted(store, "一", "二")
    (head,) = store(lambda records: records.heads("telegram", NOW, 10))
    store(lambda records: records.put_back(head.id, NOW + MINUTE))
    assert heads(store) == []
    (again,) = store(lambda records: records.heads("telegram", NOW + MINUTE, 10))
    assert (again.id, again.tries) == (head.id, 1)


def test_what_was_sent_keeps_its_reference_but_not_its_words(store: Stored) -> None:
    posted(store, "一", "二", chat=store.new_chat("a", "telegram"))
    (head,) = store(lambda records: records.heads("telegram", NOW, 10))
    store(lambda records: records.sent(head.id, "m1", NOW))
    assert store(lambda records: records.ref_of_prompt(head.chat_hash, 1)) == "m1"
    assert store(lambda records: records.ref_of_prompt(head.chat_hash, 2)) == ""
    assert store(lambda records: records.ref_of_prompt(head.chat_hash, 9)) == ""
    feed = store(lambda records: records.feed("telegram", "a", 0))
    assert [bool(row.content) for row in feed] == [False, True]


def test_a_settle_keeps_the_reference_it_works_on(store: Stored) -> None:
    chat = store.new_chat("a", "telegram")
    store(lambda records: records.post("telegram", "a", message(op="settle", ref="m7"), NOW, chat))
    (head,) = store(lambda records: records.heads("telegram", NOW, 10))
    store(lambda records: records.sent(head.id, "", NOW))
    (row,) = rows(store, t.outbox)
    assert row.ref == "m7"
    assert store(lambda records: records.ref_of_prompt(head.chat_hash, 1)) == ""


def test_of_what_was_sent_to_somebody_of_whom_nothing_is_kept_nothing_is_kept_either(store: Stored) -> None:
    chat = store.new_chat("a", "telegram")
    posted(store, "一", chat=chat)
    store(lambda records: records.erase_chat(chat))
    posted(store, "Everything is deleted.")
    (head,) = store(lambda records: records.heads("telegram", NOW, 10))
    assert (head.address, head.chat) == ("a", None)
    store(lambda records: records.sent(head.id, "m1", NOW))
    assert counts(store) == {}


def test_a_chat_that_pulls_reads_from_where_it_was(store: Stored) -> None:
    posted(store, "一", "二", "三", channel="web")
    posted(store, "other", channel="web", address="b")
    feed = store(lambda records: records.feed("web", "a", 0))
    assert [row.content["lines"][0][0] for row in feed] == ["一", "二", "三"]
    assert store(lambda records: records.feed("web", "a", feed[1].id))[0].id == feed[2].id


def test_the_serial_number_of_an_erased_message_is_not_given_again(store: Stored) -> None:
    chat = store.new_chat("a")
    posted(store, "一", "二", channel="web")
    last = store(lambda records: records.feed("web", "a", 0))[-1].id
    store(lambda records: records.erase_transient(chat))
    posted(store, "三", channel="web")
    assert store(lambda records: records.feed("web", "a", 0))[0].id > last


def test_somebody_who_blocked_the_bot_gets_nothing_that_waits(store: Stored) -> None:
    chat = store.new_chat("a", "telegram")
    posted(store, "一", "二")
    posted(store, "I", address="b")
    store(lambda records: records.block(chat.chat_hash, NOW))
    assert heads(store) == [("b", "I")]
    (row,) = rows(store, t.chats)
    assert row.blocked_at == NOW
    store(lambda records: records.save_chat(chat, NOW + DAY))
    (row,) = rows(store, t.chats)
    assert row.blocked_at is None


def test_old_traces_go_but_nothing_that_a_person_still_waits_for(store: Stored) -> None:
    anna, bea, cai = (store.new_chat(address, "telegram") for address in "abc")
    posted(store, "sent", "the latest", address="a", chat=anna)
    store(lambda records: records.post("telegram", "a", message(op="settle", prompt=1), NOW, anna))
    posted(store, "waits", address="b", chat=bea)
    posted(store, "pulled", address="c", channel="web", chat=cai)
    posted(store, "an alert", address="-100")
    store(lambda records: records.first_sight("web", "u1", NOW))
    for _ in range(3):
        (head, *_) = store(lambda records: records.heads("telegram", NOW, 10))
        store(lambda records, h=head: records.sent(h.id, f"m{h.content['prompt']}", NOW))
    assert store(lambda records: records.forget_sent(NOW)) == 0
    assert store(lambda records: records.forget_sent(NOW + MINUTE)) == 4
    assert heads(store) == [("b", "waits")]
    assert store(lambda records: records.ref_of_prompt(anna.chat_hash, 2)) == "m2"
    assert store(lambda records: records.first_sight("web", "u1", NOW))
    assert store(lambda records: records.forget_sent(NOW + DAY)) == 0
    # It goes when a later one takes its place, or with the chat.
    store(lambda records: records.post("telegram", "a", message("now", 3), NOW + DAY, anna))
    assert store(lambda records: records.forget_sent(NOW + MINUTE)) == 1
    store(lambda records: records.erase_chat(anna))
    assert heads(store, NOW + DAY) == [("b", "waits")]


def test_last_words_can_be_fetched_for_a_while(store: Stored) -> None:
    posted(store, "goodbye", address="a", channel="web")
    posted(store, "hello", address="b", channel="web", chat=store.new_chat("b"))
    posted(store, "on its way")
    assert store(lambda records: records.forget_last_words(NOW)) == 0
    assert store(lambda records: records.forget_last_words(NOW + MINUTE)) == 1
    assert store(lambda records: records.feed("web", "b", 0))
    assert heads(store) == [("a", "on its way")]


@pytest.mark.parametrize("erase", ["run", "study"])
def test_erasing_a_run_leaves_the_buttons_in_front_of_a_person_where_they_are(
    store: Stored, erase: str
) -> None:
    chat = store.new_chat("a", "telegram")
    store(lambda records: records.start_run(chat, run(), ""))
    posted(store, "一", "二", chat=chat)
    (head,) = store(lambda records: records.heads("telegram", NOW, 10))
    store(lambda records: records.sent(head.id, "m1", NOW))
    if erase == "run":
        store(lambda records: records.erase_run(chat, "run-1"))
    else:
        store(lambda records: records.erase_study(chat, "small"))
    assert store(lambda records: records.ref_of_prompt(chat.chat_hash, 1)) == "m1"
    assert heads(store) == []


# timers and counters


def test_a_new_timer_replaces_the_old_one_of_its_kind(store: Stored) -> None:
    def write(records: Records) -> None:
        records.set_timer("remind", "a", NOW)
        records.set_timer("remind", "a", NOW + DAY)
        records.set_timer("erase_run", "a", NOW + DAY)
        records.set_timer("remind", "b", NOW - MINUTE)

    store(write)
    assert store(lambda records: records.due_timers(NOW, 10)) == [("remind", "b")]
    store(lambda records: records.stop_timer("remind", "b"))
    store(lambda records: records.stop_timer("erase_run", "a"))
    assert store(lambda records: records.due_timers(NOW + DAY, 10)) == [("remind", "a")]


def test_the_earliest_timers_come_first(store: Stored) -> None:
    for minutes, subject in [(2, "b"), (1, "a"), (3, "c")]:
        store(lambda records, m=minutes, s=subject: records.set_timer("remind", s, NOW + m * MINUTE))
    found = store(lambda records: records.due_timers(NOW + DAY, 2))
    assert found == [("remind", "a"), ("remind", "b")]


def test_a_timer_is_taken_once_and_only_when_it_is_due(store: Stored) -> None:
    store(lambda records: records.set_timer("remind", "a", NOW + MINUTE))
    assert not store(lambda records: records.take_timer("remind", "a", NOW))
    taken = [store(lambda records: records.take_timer("remind", "a", NOW + MINUTE)) for _ in range(2)]
    assert taken == [True, False]


def test_counters_count_by_study_and_day(store: Stored) -> None:
    for day in ("2026-06-15", "2026-06-15", "2026-06-16"):
        store(lambda records, d=day: records.count("small", d, "started"))
    store(lambda records: records.count("", "2026-06-15", "started"))
    assert sorted((row.study, row.day, row.count) for row in rows(store, t.counters)) == [
        ("", "2026-06-15", 1),
        ("small", "2026-06-15", 2),
        ("small", "2026-06-16", 1),
    ]


# the trail


def recomputed(row: Any) -> str:
    content = [row.subject, row.seq, row.at.isoformat(), row.who, row.what, row.detail, row.previous]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def test_each_subject_has_a_chain_of_its_own(store: Stored) -> None:
    for number in range(3):
        store(
            lambda records, n=number: records.note(
                "run-1", "participant", "answered", {"question": f"问{n}", "b": 1, "a": [2]}, NOW + n * MINUTE
            )
        )
        store(lambda records: records.note("lead-1", "staff:林", "opened", {}, NOW))
    chain = sorted((row for row in rows(store, t.audit) if row.subject == "run-1"), key=lambda row: row.seq)
    assert [row.seq for row in chain] == [1, 2, 3]
    assert [row.previous for row in chain] == [START, chain[0].hash, chain[1].hash]
    assert all(row.hash == recomputed(row) for row in rows(store, t.audit))


def test_a_changed_row_does_not_fit_its_hash(store: Stored) -> None:
    store(lambda records: records.note("run-1", "participant", "answered", {"question": "age"}, NOW))
    with store.engine.begin() as connection:
        connection.execute(update(t.audit).values(who="somebody else"))
    (row,) = rows(store, t.audit)
    assert row.hash != recomputed(row)


def test_the_hash_does_not_depend_on_the_zone_of_the_clock(store: Stored) -> None:
    local = NOW.astimezone(timezone(timedelta(hours=8)))
    store(lambda records: records.note("run-1", "participant", "started", {}, local))
    (row,) = rows(store, t.audit)
    assert row.hash == recomputed(row)


def test_the_trail_knows_who_did_what(store: Stored) -> None:
    for who, what in (("anna", "submitted"), ("bob", "submitted"), ("bob", "approved")):
        store(lambda records, w=who, x=what: records.note("h1", w, x, {}, NOW))
    assert store(lambda records: records.who_did("h1", "submitted")) == ["anna", "bob"]
    assert store(lambda records: records.who_did("h2", "submitted")) == []


def test_no_place_in_a_chain_is_taken_twice(store: Stored) -> None:
    store(lambda records: records.note("run-1", "participant", "started", {}, NOW))
    (row,) = rows(store, t.audit)
    again = {column.name: getattr(row, column.name) for column in t.audit.columns if column.name != "id"}
    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(t.audit.insert().values(**again))


# erasing


def test_erasing_a_chat_leaves_nothing_of_the_person_and_everything_of_others(store: Stored) -> None:
    other = store.new_chat("other")
    store(lambda records: live(records, other, "L-OTHER", "run-other"))
    before = counts(store)
    chat = store.new_chat("林")
    store(lambda records: live(records, chat))
    store(lambda records: records.add_request("web", "林", request(), NOW + DAY))
    assert counts(store)["chats"] == 2
    store(lambda records: records.set_timer("expire_chat", chat.id, NOW))
    store(lambda records: records.erase_chat(chat))
    # A run's timer is the run's; with the run it goes.
    assert counts(store) == before
    assert store(lambda records: records.chat("web", "林")) is None
    assert store(lambda records: records.identity(other, "L-OTHER"))[0] == "林女士"


def test_erasing_who_never_consented_keeps_only_their_request(store: Stored) -> None:
    chat = store.new_chat("林")
    posted(store, "您好", address="林", channel="web")
    store(lambda records: records.add_request("web", "林", request(), NOW + DAY))
    store(lambda records: records.set_timer("expire_chat", chat.id, NOW))
    store(lambda records: records.erase_transient(chat))
    assert counts(store) == {"requests": 1}


def test_erasing_a_run_keeps_the_persons_others(store: Stored) -> None:
    chat = store.new_chat()
    store(lambda records: live(records, chat))
    store(lambda records: live(records, chat, "L-2", "run-2"))
    assert chat.run == "run-2"
    store(lambda records: records.erase_run(chat, "run-1"))
    assert chat.run == "run-2"
    assert [row.code for row in rows(store, t.leads)] == ["L-2"]
    assert [row.run_id for row in rows(store, t.answers)] == ["run-2"]
    assert {row.subject for row in rows(store, t.timers)} == {chat.id, "run-2"}
    store(lambda records: records.erase_run(chat, "run-2"))
    assert chat.run is None
    assert set(counts(store)) == {"chats", "timers"}


def test_erasing_a_study_keeps_the_persons_other_studies(store: Stored) -> None:
    chat = store.new_chat()
    store(lambda records: live(records, chat))
    store(lambda records: records.start_run(chat, run("run-2", study="other"), ""))
    store(lambda records: records.add_request("web", chat.address, request(), NOW + DAY))
    store(lambda records: records.erase_study(chat, "small"))
    assert store(lambda records: records.studies_of(chat)) == ("other",)
    assert not {"leads", "requests", "outbox"} & set(counts(store))


# what is sealed

MARKS = ("canary-address", "canary-state", "canary-answer", "金丝雀名字", "+8613811118888", "金丝雀消息")


def write_marks(store: Stored) -> Chat:
    chat = store.new_chat("canary-address")
    chat.state = {"language": "zh", "name": "canary-state", "phone": "+8613811118888"}

    def write(records: Records) -> None:
        records.start_run(chat, run(), "poster")
        records.save_chat(chat, NOW)
        records.add_answer(chat, "run-1", answer("free", "canary-answer"))
        records.end_run(chat, "run-1", "not_match", {"fails": "canary-answer"}, NOW, "2026-06-15")
        records.first_sight("web", "canary-address", NOW)
        records.queue_lead(chat, lead(), "金丝雀名字", "+8613811118888")
        records.add_request("web", "canary-address", request(), NOW + DAY)
        records.post("web", "canary-address", message("金丝雀消息"), NOW, chat)
        records.keep("webhook_secret", b"canary-answer")
        records.note("run-1", "participant", "answered", {"question": "free"}, NOW)

    store(write)
    return chat


def everything(store: Stored) -> bytes:
    """All that the database holds, as it is stored: raw files of SQLite, every column of PostgreSQL."""
    if store.engine.dialect.name == "sqlite":
        path = Path(str(store.engine.url.database))
        files = sorted(path.parent.glob(f"{path.name}*"))
        assert any(file.name.endswith("-wal") for file in files)
        return b"".join(file.read_bytes() for file in files)
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode()
        for table in t.metadata.tables.values()
        for row in rows(store, table)
        for value in row
    )


def forms(mark: str) -> Iterator[bytes]:
    """How a text could stand there: plain, UTF-16, or escaped as JSON."""
    yield from (mark.encode(), mark.encode("utf-16-le"), json.dumps(mark)[1:-1].encode())


def test_nothing_a_person_said_stands_in_the_database_in_plain_text(store: Stored) -> None:
    write_marks(store)
    raw = everything(store)
    assert b"run-1" in raw
    for mark in MARKS:
        assert not [form for form in forms(mark) if form in raw], mark


def test_the_scan_would_find_a_mark(store: Stored) -> None:
    chat = store.new_chat()
    store(lambda records: records.start_run(chat, run(), "canary-answer"))
    assert b"canary-answer" in everything(store)


def test_after_erasing_even_the_key_opens_nothing(store: Stored) -> None:
    """The person's data key goes with the person: old copies of a ciphertext are only noise."""
    chat = write_marks(store)
    place = chat.chat_hash.hex()
    columns = {
        t.answers.c.value: "answers.value:run-1:free",
        t.outbox.c.address: f"outbox.address:{place}",
        t.outbox.c.content: f"outbox.content:{place}",
    }
    with store.engine.connect() as connection:
        sealed = [(connection.scalar(select(column)), place) for column, place in columns.items()]
    store(lambda records: records.erase_chat(chat))
    assert counts(store) == {"seen": 1}  # the keyed hash of an update's number
    for box in (store.vault, *(Box(key) for key in KEYS.sealing.values())):
        for value, place in sealed:
            with pytest.raises(UnusableKey):
                box.open(value, place)


PLACES = [
    ("answers", "value", lambda records, chat: records.answers(chat, "run-1")),
    ("identities", "name", lambda records, chat: [records.identity(chat, c) for c in ("L-1", "L-2")]),
    ("identities", "phone", lambda records, chat: [records.identity(chat, c) for c in ("L-1", "L-2")]),
]


@pytest.mark.parametrize(("table", "column", "read"), PLACES, ids=["answer", "name", "phone"])
def test_a_ciphertext_moved_to_another_row_does_not_open(
    store: Stored, table: str, column: str, read: Any
) -> None:
    """Even of the same person: it is bound to its place."""
    chat = store.new_chat()

    def write(records: Records) -> None:
        records.start_run(chat, run(), "")
        records.add_answer(chat, "run-1", answer("age", 35))
        records.add_answer(chat, "run-1", answer("treated", "cream"))
        records.queue_lead(chat, lead("L-1"), "林女士", "+8613800138000")
        records.queue_lead(chat, lead("L-2"), "王先生", "+8613900139000")

    store(write)
    store(lambda records: read(records, chat))
    swap(store, table, column)
    with pytest.raises(UnusableKey):
        store(lambda records: read(records, chat))


@pytest.mark.parametrize("column", ["data_key", "address", "state"])
def test_one_persons_chat_cannot_be_given_to_another(store: Stored, column: str) -> None:
    first, second = store.new_chat(), store.new_chat()
    swap(store, "chats", column)
    for chat in (first, second):
        with pytest.raises(UnusableKey):
            store(lambda records, c=chat: records.chat_by_id(c.id))


@pytest.mark.parametrize("column", ["address", "content"])
@pytest.mark.parametrize("kept", [True, False])
def test_one_persons_message_cannot_be_sent_to_another(store: Stored, column: str, kept: bool) -> None:
    for address in "ab":
        posted(store, "一", address=address, chat=store.new_chat(address, "telegram") if kept else None)
    swap(store, "outbox", column)
    with pytest.raises(UnusableKey):
        store(lambda records: records.heads("telegram", NOW, 10))


def swap(store: Stored, name: str, column: str) -> None:
    """Exchange a sealed column between two rows."""
    table = t.metadata.tables[name]
    key = next(iter(table.primary_key.columns))
    with store.engine.begin() as connection:
        first, second = connection.execute(select(key, table.c[column]).order_by(key)).all()
        for row, value in ((first[0], second[1]), (second[0], first[1])):
            connection.execute(update(table).where(key == row).values({column: value}))


def test_phones_and_chats_are_found_by_a_keyed_hash_only(store: Stored) -> None:
    chat = write_marks(store)
    (row,) = rows(store, t.identities)
    assert row.phone_hash == store.vault.lookup("phone", "+8613811118888")
    assert row.phone_hash != hashlib.sha256(b"+8613811118888").digest()
    other = Vault(read_keys("k1:" + "A" * 43 + "= lookup:" + "B" * 43 + "="))
    assert other.lookup("phone", "+8613811118888") != row.phone_hash
    assert store.vault.lookup("chat", "+8613811118888") != row.phone_hash
    assert chat.chat_hash == store.vault.lookup("chat", "web:canary-address")


def test_the_same_words_are_sealed_differently_each_time(store: Stored) -> None:
    box, _ = store.vault.new_data_key("here")
    assert box.seal(b"no", "there") != box.seal(b"no", "there")
    sealed = bytearray(box.seal(b"no", "there"))
    sealed[-1] ^= 1
    with pytest.raises(UnusableKey):
        box.open(bytes(sealed), "there")


# versions, facts, staff


def test_a_version_is_kept_whole_and_never_replaced(store: Stored) -> None:
    store(lambda records: records.add_version("h1", "small", "脚本".encode(), "anna", NOW))
    store(lambda records: records.add_version("h1", "small", b"other", "bob", NOW + DAY))
    assert store(lambda records: records.version("h1")) == "脚本".encode()
    assert store(lambda records: records.version_author("h1")) == "anna"
    assert store(lambda records: records.version("h2")) is None
    assert store(lambda records: records.version_author("h2")) is None


def test_the_latest_approval_and_publication_count(store: Stored) -> None:
    def write(records: Records) -> None:
        for number in (1, 2):
            records.add_version(f"h{number}", "small", b"x", "anna", NOW + number * DAY)
            records.add_approval(f"h{number}", f"E-{number}", "w", "bob", NOW)
            records.publish("small", f"h{number}", "bob", NOW)
        records.add_version("h3", "other", b"x", "anna", NOW)
        records.publish("other", "h3", "bob", NOW)
        records.add_approval("h1", "E-1b", "w", "carol", NOW)

    store(write)
    assert store(lambda records: records.published()) == {"other": "h3", "small": "h2"}
    assert store(lambda records: records.approval("h1").ethics_number) == "E-1b"
    assert store(lambda records: records.approval("h3")) is None
    assert [row.hash for row in store(lambda records: records.versions())] == ["h2", "h1", "h3"]


def test_a_version_that_is_not_kept_cannot_be_approved(store: Stored) -> None:
    with pytest.raises(IntegrityError):
        store(lambda records: records.add_approval("nothing", "E-1", "w", "bob", NOW))


def test_a_site_fact_is_set_and_replaced(store: Stored) -> None:
    for value in ("0591-1", "0591-2"):
        store(lambda records, v=value: records.set_fact("small", "phone", v, "anna", NOW))
    store(lambda records: records.set_fact("other", "phone", "x", "anna", NOW))
    assert store(lambda records: records.site("small")) == {"phone": "0591-2"}


def test_a_link_works_once_and_only_in_its_time(store: Stored) -> None:
    store(lambda records: records.add_staff("anna", "coordinator", NOW))
    for token in ("first", "second"):
        store(lambda records, k=token: records.add_token("anna", "link", k, NOW + 10 * MINUTE, NOW))
    used = [store(lambda records: records.use_link("first", NOW)) for _ in range(2)]
    assert used == ["anna", None]
    assert store(lambda records: records.use_link("second", NOW + 10 * MINUTE)) is None
    assert store(lambda records: records.use_link("nonsense", NOW)) is None
    assert all(b"first" not in row.token_hash for row in rows(store, t.staff_tokens))


def test_a_session_lasts_until_its_end_or_the_logout(store: Stored) -> None:
    store(lambda records: records.add_staff("anna", "coordinator", NOW))
    store(lambda records: records.add_token("anna", "session", "cookie", NOW + DAY, NOW))
    store(lambda records: records.add_token("anna", "link", "link", NOW + DAY, NOW))
    assert store(lambda records: records.session("cookie", NOW)).role == "coordinator"
    assert store(lambda records: records.session("cookie", NOW + DAY)) is None
    assert store(lambda records: records.session("link", NOW)) is None  # a link is not a session
    store(lambda records: records.end_session("cookie"))
    assert store(lambda records: records.session("cookie", NOW)) is None


def test_an_account_is_found_by_its_number_and_kept_sealed(store: Stored) -> None:
    store(lambda records: records.add_staff("anna", "coordinator", NOW))
    store(lambda records: records.set_account("anna", "123456789"))
    found = store(lambda records: records.staff_by_account("123456789"))
    assert (found.name, found.role, found.language) == ("anna", "coordinator", "zh")
    assert store(lambda records: records.account_of("anna")) == "123456789"
    assert store(lambda records: records.staff_by_account("12345678")) is None
    (row,) = rows(store, t.staff)
    assert b"123456789" not in row.telegram_hash + row.telegram
    store(lambda records: records.add_staff("anna", "auditor", NOW))
    assert store(lambda records: records.staff_by_account("123456789")).role == "auditor"
    store(lambda records: records.set_account("anna", ""))
    assert store(lambda records: records.staff_by_account("123456789")) is None
    assert store(lambda records: records.account_of("anna")) == ""


def test_who_is_removed_has_no_account_any_more(store: Stored) -> None:
    store(lambda records: records.add_staff("anna", "coordinator", NOW))
    store(lambda records: records.set_account("anna", "123456789"))
    store(lambda records: records.remove_staff("anna", NOW))
    assert store(lambda records: records.staff_by_account("123456789")) is None
    assert store(lambda records: records.account_of("anna")) == ""
    store(lambda records: records.add_staff("anna", "coordinator", NOW))
    assert store(lambda records: records.staff_by_account("123456789")) is None


def test_a_part_that_fails_is_undone_alone(store: Stored) -> None:
    def half(records: Records) -> None:
        records.add_staff("anna", "coordinator", NOW)
        with suppress(ValueError), records.part():
            records.add_staff("bob", "coordinator", NOW)
            raise ValueError

    store(half)
    assert [row.name for row in rows(store, t.staff)] == ["anna"]


def test_who_was_removed_has_no_session_and_no_link(store: Stored) -> None:
    store(lambda records: records.add_staff("anna", "coordinator", NOW))
    for kind in ("session", "link"):
        store(lambda records, k=kind: records.add_token("anna", k, k, NOW + DAY, NOW))
    with store.engine.begin() as connection:
        connection.execute(update(t.staff).values(removed_at=NOW))
    assert store(lambda records: records.session("session", NOW)) is None
    assert store(lambda records: records.use_link("link", NOW)) is None


def test_a_new_role_ends_the_old_sessions(store: Stored) -> None:
    store(lambda records: records.add_staff("anna", "coordinator", NOW))
    store(lambda records: records.add_token("anna", "session", "cookie", NOW + DAY, NOW))
    store(lambda records: records.add_staff("anna", "auditor", NOW))
    assert store(lambda records: records.session("cookie", NOW)) is None
    assert [(row.name, row.role) for row in store(lambda records: records.staff())] == [("anna", "auditor")]


def test_who_is_removed_has_no_session_and_no_link_and_may_come_back(store: Stored) -> None:
    for name in ("anna", "bob"):
        store(lambda records, name=name: records.add_staff(name, "coordinator", NOW))
        store(
            lambda records, name=name: records.add_token(name, "session", f"{name}'s cookie", NOW + DAY, NOW)
        )
    store(lambda records: records.add_token("anna", "link", "link", NOW + DAY, NOW))
    store(lambda records: records.remove_staff("anna", NOW))
    assert store(lambda records: records.session("anna's cookie", NOW)) is None
    assert store(lambda records: records.use_link("link", NOW)) is None
    assert store(lambda records: records.session("bob's cookie", NOW)) is not None
    assert [row.name for row in store(lambda records: records.staff())] == ["bob"]
    assert {row.name: row.removed_at for row in rows(store, t.staff)} == {"anna": NOW, "bob": None}
    store(lambda records: records.add_staff("anna", "auditor", NOW))
    assert [row.name for row in store(lambda records: records.staff())] == ["anna", "bob"]
    assert store(lambda records: records.session("anna's cookie", NOW)) is None


def test_a_kept_value_is_the_first_one(store: Stored) -> None:
    assert store(lambda records: records.keep("secret", b"one")) == b"one"
    assert store(lambda records: records.keep("secret", b"two")) == b"one"


# the writer


async def test_a_bad_step_never_fails_its_neighbours(store: Stored) -> None:
    def good(records: Records) -> str:
        records.count("small", "2026-06-15", "good")
        return "done"

    def bad(records: Records) -> None:
        records.count("small", "2026-06-15", "bad")
        raise ValueError("this one only")

    work = [asyncio.create_task(store.database.run(step)) for step in (good, bad, good)]
    await asyncio.sleep(0)  # all three wait before the writer starts
    store.database.start()
    results = await asyncio.gather(*work, return_exceptions=True)
    store.database.stop()
    assert [type(result).__name__ for result in results] == ["str", "ValueError", "str"]
    assert {row.name: row.count for row in rows(store, t.counters)} == {"good": 2}


async def test_a_cancelled_wait_does_not_stop_the_writer(store: Stored) -> None:
    waiting = asyncio.create_task(store.database.run(lambda records: None))
    await asyncio.sleep(0)
    waiting.cancel()
    store.database.start()
    assert await store.database.run(lambda records: records.keep("x", b"y")) == b"y"
    store.database.stop()
    assert waiting.cancelled()


async def test_many_steps_at_once_are_all_done(store: Stored) -> None:
    store.database.start()
    await asyncio.gather(
        *(
            store.database.run(lambda records, n=n: records.first_sight("web", f"u{n}", NOW))
            for n in range(150)
        )
    )
    store.database.stop()
    assert len(rows(store, t.seen)) == 150


def test_sqlite_is_set_up_to_be_durable(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'x.db'}")
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in names}
    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_run_is_one_persons(store: Stored) -> None:
    first, second = store.new_chat(), store.new_chat()
    store(lambda records: records.start_run(first, run(), ""))
    with pytest.raises(IntegrityError):
        store(lambda records: records.start_run(second, run(), ""))


# drafts and publications


def add_version(store: Stored, hash: str) -> None:
    store(lambda records: records.add_version(hash, "small", b"x", "anna", NOW))


def test_a_draft_is_written_after_the_revision_that_was_seen_or_not_at_all(store: Stored) -> None:
    def save(words: bytes, after: int) -> bool:
        return store(lambda records: records.save_draft("small", words, "", "anna", NOW, after))

    assert save(b"one", 0)
    assert not save(b"other", 0)
    assert save(b"two", 1)
    assert not save(b"other", 1)
    row = store(lambda records: records.draft("small"))
    assert row is not None
    assert (row.revision, row.source, row.saved_by, row.saved_at) == (2, b"two", "anna", NOW)
    assert [row.study for row in store(lambda records: records.drafts())] == ["small"]
    assert store(lambda records: records.draft("other")) is None


def test_what_is_wished_for_running_chats_counts_from_the_last_time_their_version_was_published(
    store: Stored,
) -> None:
    def put_out(hash: str, running: str) -> None:
        add_version(store, hash)
        store(lambda records: records.publish("small", hash, "bob", NOW, running))

    def since(version: str) -> list[str]:
        return store(lambda records: records.running_since("small", version))

    put_out("a", "continue")
    put_out("b", "end")
    put_out("c", "re-consent")
    assert (since("a"), since("b"), since("c"), since("unknown")) == (
        ["end", "re-consent"],
        ["re-consent"],
        [],
        [],
    )
    put_out("a", "continue")
    assert (since("a"), since("b")) == ([], ["re-consent", "continue"])


def test_what_is_retired_is_not_published(store: Stored) -> None:
    for hash in ("a", "b"):
        add_version(store, hash)
    store(lambda records: records.publish("small", "a", "bob", NOW))
    assert store(lambda records: records.published()) == {"small": "a"}
    for _ in range(2):
        store(lambda records: records.retire("a", "bob", NOW))
    assert store(lambda records: records.published()) == {}
    assert store(lambda records: records.retired()) == {"a"}
    assert [
        (row.version, row.running, row.how) for row in store(lambda records: records.publications("small"))
    ] == [("a", "continue", "published")]
