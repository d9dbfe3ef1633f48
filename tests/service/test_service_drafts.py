"""Drafts: kept to the byte, and nobody loses anybody's change without being told."""

import pytest

from bot.bootstrap import BrokenScript
from bot.service.drafts import discard
from bot.service.names import BadName
from bot.service.publishing import Conflict, Refused
from bot.store import tables as t
from tests.service.stage import SMALL, Stage

SOURCE = SMALL.read_bytes()
ANNAS = SOURCE + "# 安娜改的\n".encode()
BOBS = SOURCE + b"# Bob's\r\n"


def test_a_draft_is_kept_to_the_byte_and_counts_its_revisions(live: Stage) -> None:
    drafts = live.app.drafts
    for revision, source in enumerate((ANNAS, BOBS, b"\xef\xbb\xbf" + SOURCE), 1):
        draft = drafts.push(source, "anna", drafts.pull("small").pulled if revision > 1 else None)
        assert (draft.study, draft.revision) == ("small", revision)
        assert drafts.draft("small") == draft
        assert drafts.pull("small").source == source
    assert [line[:3] for line in drafts.list()] == [("small", 3, "anna")]
    assert drafts.draft("other") is None


def test_a_draft_need_not_be_right_yet(live: Stage) -> None:
    broken = SOURCE.replace(b"questions:", b"questionz:")
    assert live.app.drafts.push(broken, "anna").source == broken
    with pytest.raises(BrokenScript):
        live.app.publishing.submit(broken, "anna")
    assert live.app.publishing.list() == []


@pytest.mark.parametrize("source", [b"", b"\xff\xfe", b"- a list", b"flow: [a]", b"flow: Not An Id", b"x: y"])
def test_a_draft_that_names_no_study_is_not_taken(live: Stage, source: bytes) -> None:
    with pytest.raises(BrokenScript):
        live.app.drafts.push(source, "anna")
    assert live.app.drafts.list() == []


def test_whoever_brings_one_in_has_a_name(live: Stage) -> None:
    with pytest.raises(BadName):
        live.app.drafts.push(SOURCE, " ")


def test_two_editors_are_told_of_each_others_change(live: Stage) -> None:
    drafts = live.app.drafts
    drafts.push(SOURCE, "anna")
    pulled = drafts.pull("small").pulled
    live.clock.move(hours=1)
    drafts.push(ANNAS, "anna", pulled)
    with pytest.raises(Conflict) as caught:
        drafts.push(BOBS, "bob", pulled)
    assert (caught.value.what, caught.value.who, caught.value.at) == ("drafted", "anna", live.clock.now)
    assert drafts.pull("small").source == ANNAS
    # Who has seen it may go on, and who says so may replace it.
    assert drafts.push(BOBS, "bob", drafts.pull("small").pulled).revision == 3
    assert drafts.push(ANNAS, "anna", pulled, over=True).revision == 4


def test_who_never_pulled_is_told_as_well(live: Stage) -> None:
    drafts = live.app.drafts
    drafts.push(ANNAS, "anna")
    with pytest.raises(Conflict):
        drafts.push(BOBS, "bob")
    with pytest.raises(Conflict):
        drafts.push(BOBS, "anna")  # by her name: it may be a file of before
    # The same words are no conflict.
    assert drafts.push(ANNAS, "bob").revision == 2


def test_what_was_pulled_before_anothers_change_does_not_undo_it(live: Stage) -> None:
    """Anna pulls, Bob saves, Anna saves elsewhere: the latest draft is hers, and her first copy still lacks his words."""
    drafts = live.app.drafts
    drafts.push(SOURCE, "anna")
    old = drafts.pull("small").pulled
    drafts.push(BOBS, "bob", drafts.pull("small").pulled)
    both = BOBS + ANNAS[len(SOURCE) :]
    drafts.push(both, "anna", drafts.pull("small").pulled)
    with pytest.raises(Conflict) as caught:
        drafts.push(ANNAS, "anna", old)
    assert caught.value.who == "anna"
    assert drafts.pull("small").source == both
    assert drafts.push(both, "anna", old).revision == 4  # the same words again
    assert drafts.push(ANNAS, "anna", drafts.pull("small").pulled).revision == 5


def test_a_note_of_another_study_says_nothing(live: Stage) -> None:
    drafts = live.app.drafts
    drafts.push(SOURCE, "anna")
    pulled = drafts.pull("small").pulled
    other = SOURCE.replace(b"flow: small", b"flow: other")
    drafts.push(other, "anna")
    with pytest.raises(Conflict):
        drafts.push(other + b"# Bob\n", "bob", pulled)


def test_a_version_published_since_is_told(live: Stage) -> None:
    live.open()
    drafts, publishing = live.app.drafts, live.app.publishing
    copy = drafts.pull("small")
    assert (copy.source, copy.pulled.revision, copy.who) == (SOURCE, 0, "anna")
    newer = publishing.submit(ANNAS, "anna")
    publishing.approve(newer.hash, "E-2", "bob")
    publishing.publish(newer.hash, "bob")
    with pytest.raises(Conflict) as caught:
        drafts.push(BOBS, "carol", copy.pulled)
    assert (caught.value.what, caught.value.who) == ("published", "bob")
    draft = drafts.push(BOBS, "bob", copy.pulled)  # it was he himself
    assert draft.based_on == copy.pulled.published
    assert drafts.pull("small").newer == newer.hash
    published = drafts.pull("small", published=True)
    assert (published.source, published.newer, published.pulled.revision) == (ANNAS, "", 1)
    # From what is published on is no conflict with the draft that was there.
    assert drafts.push(SOURCE, "carol", published.pulled).revision == 2


def put_out(stage: Stage, source: bytes, revision: int = 0) -> str:
    """Submitted by Anna, approved and published by Bob."""
    flow = stage.app.publishing.submit(source, "anna", revision)
    stage.app.publishing.approve(flow.hash, "E-2", "bob")
    return stage.app.publishing.publish(flow.hash, "bob")


def test_a_version_that_a_draft_does_not_hold_is_told_until_it_is_taken_over(live: Stage) -> None:
    live.open()
    drafts = live.app.drafts
    drafts.push(ANNAS, "anna", drafts.pull("small").pulled)
    newer = put_out(live, SOURCE + b"# newer\n")
    for words in (b"# one\n", b"# two\n"):
        copy = drafts.pull("small")
        assert copy.newer == newer
        drafts.push(copy.source + words, "anna", copy.pulled)
    drafts.push(drafts.pull("small").source + b"# over\n", "carol", over=True)
    # Carol's file is not known to be of the one before; what was pulled as published holds what is published.
    published = drafts.pull("small", published=True)
    drafts.push(published.source + ANNAS[len(SOURCE) :], "anna", published.pulled)
    assert drafts.pull("small").newer == ""


def test_a_version_that_a_draft_was_submitted_as_is_held_by_it(live: Stage) -> None:
    live.open()
    drafts = live.app.drafts
    drafts.push(ANNAS, "anna", drafts.pull("small").pulled)
    live.app.publishing.submit(ANNAS, "anna", 1)
    copy = drafts.pull("small")
    drafts.push(ANNAS + b"# more\n", "anna", copy.pulled)  # while it waits to be approved
    put_out(live, ANNAS)
    assert drafts.pull("small").newer == ""
    drafts.push(ANNAS + b"# yet more\n", "anna", drafts.pull("small").pulled)
    assert drafts.pull("small").newer == ""


def test_a_draft_that_was_discarded_does_not_come_back_with_a_page_of_before(live: Stage) -> None:
    drafts = live.app.drafts
    drafts.push(SOURCE, "anna")
    drafts.push(ANNAS, "anna", drafts.pull("small").pulled)
    old = drafts.pull("small").pulled
    live.app.database.run_now(lambda records: discard(records, "small", "carol", 2, live.clock()))
    with pytest.raises(Conflict) as caught:
        drafts.push(ANNAS + b"# more\n", "anna", old)
    assert (caught.value.who, caught.value.at) == ("carol", live.clock.now)
    assert drafts.draft("small") is None
    # The next draft counts on, so that what was pulled of the old one is never taken for it.
    assert drafts.push(BOBS, "bob").revision == 3
    with pytest.raises(Conflict) as caught:
        drafts.push(ANNAS + b"# more\n", "anna", old)
    assert caught.value.who == "bob"


def test_only_the_draft_that_was_seen_is_submitted(live: Stage) -> None:
    drafts, publishing = live.app.drafts, live.app.publishing
    drafts.push(ANNAS, "anna")
    drafts.push(BOBS, "bob", drafts.pull("small").pulled)
    with pytest.raises(Conflict) as caught:
        publishing.submit(ANNAS, "anna", 1)
    assert (caught.value.what, caught.value.who) == ("drafted", "bob")
    assert publishing.list() == []
    publishing.submit(BOBS, "anna", 2)
    assert [line.added_by for line in publishing.list()] == ["anna"]


def test_what_is_taken_out_is_the_draft_else_the_published_else_the_latest_version(live: Stage) -> None:
    drafts, publishing = live.app.drafts, live.app.publishing
    with pytest.raises(Refused, match="nothing_kept"):
        drafts.pull("small")
    publishing.submit(ANNAS, "anna")
    assert drafts.pull("small").source == ANNAS
    with pytest.raises(Refused, match="nothing_kept"):
        drafts.pull("small", published=True)
    live.open()
    assert drafts.pull("small").source == SOURCE
    drafts.push(BOBS, "bob")
    assert drafts.pull("small").source == BOBS


def test_of_two_at_the_same_instant_one_is_told(live: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = live.app.drafts
    drafts.push(SOURCE, "anna")

    def beaten(*_: object, **__: object) -> bool:
        return False

    monkeypatch.setattr("bot.store.records.Records.save_draft", beaten)
    with pytest.raises(Conflict) as caught:
        drafts.push(ANNAS, "anna", drafts.pull("small").pulled)
    assert caught.value.who == "anna"


def test_who_changed_a_draft_is_in_the_trail_and_what_it_says_is_not(live: Stage) -> None:
    live.app.drafts.push(SOURCE, "anna")
    (row,) = live.rows(t.audit)
    assert (row.subject, row.who, row.what) == ("draft:small", "anna", "drafted")
    assert (row.detail["revision"], len(row.detail["digest"]), row.detail["over"]) == (1, 64, False)
