"""Versions found by the names people have for them, with what is recorded of each."""

import pytest

from bot.bootstrap import BrokenScript, compile_flow
from bot.service.publishing import Refused
from tests.service.stage import SMALL, Stage

SOURCE = SMALL.read_bytes()


def changed(words: str) -> bytes:
    return SOURCE.replace("您今年几周岁？".encode(), words.encode())


def approve(stage: Stage, source: bytes, number: str) -> str:
    """Submitted and approved an hour after what was before."""
    stage.clock.move(hours=1)
    hash = stage.app.publishing.submit(source, "anna").hash
    return stage.app.publishing.approve(hash, number, "bob")


def test_a_version_is_found_by_each_of_its_names(live: Stage) -> None:
    versions, publishing = live.app.versions, live.app.publishing
    first = approve(live, SOURCE, "E-1")
    publishing.publish(first, "bob")
    second = approve(live, changed("您几岁？"), "E-2")
    found = {name: versions.find("small", name) for name in ("published", "approved", first[:6], second)}
    assert {name: version.flow.hash for name, version in found.items()} == {
        "published": first,
        "approved": second,
        first[:6]: first,
        second: second,
    }
    version = found["published"]
    assert (version.state, version.by, version.ethics_number, version.approved_by) == (
        "published",
        "anna",
        "E-1",
        "bob",
    )
    assert version.approved_at is not None
    assert (version.at, version.approved_at) == (version.approved_at, version.approved_at)
    assert not version.words_changed


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("draft", "nothing_draft"),
        ("published", "nothing_published"),
        ("approved", "nothing_approved"),
        ("abcdef", "no_such_version"),
        ("", "no_such_version"),
    ],
)
def test_a_name_that_nothing_has_is_refused(live: Stage, name: str, reason: str) -> None:
    live.app.publishing.submit(SOURCE, "anna")
    with pytest.raises(Refused) as caught:
        live.app.versions.find("small", name)
    assert caught.value.reason == reason


def test_a_version_of_another_study_is_not_found(live: Stage) -> None:
    hash = live.app.publishing.submit(SOURCE, "anna").hash
    assert live.app.versions.find("small", hash).state == "submitted"
    with pytest.raises(Refused):
        live.app.versions.find("large", hash)


def test_what_runs_is_current_else_what_is_approved(live: Stage) -> None:
    versions, publishing = live.app.versions, live.app.publishing
    publishing.submit(SOURCE, "anna")
    with pytest.raises(Refused) as caught:
        versions.current("small")
    assert (caught.value.reason, caught.value.detail) == ("nothing_to_compare", "small")
    first, second = approve(live, SOURCE, "E-1"), approve(live, changed("您几岁？"), "E-2")
    assert versions.current("small").flow.hash == second
    publishing.publish(first, "bob")
    assert versions.current("small").flow.hash == first
    publishing.retire(first, "bob")
    assert versions.current("small").flow.hash == second


def test_a_draft_has_its_revision_and_its_mistakes_a_name(live: Stage) -> None:
    live.app.drafts.push(changed("您几岁？"), "anna")
    draft = live.app.versions.find("small", "draft")
    assert (draft.state, draft.revision, draft.by) == ("draft", 1, "anna")
    assert draft.at == live.clock.now
    live.app.drafts.push(SOURCE + b"odd: 1\n", "anna", live.app.drafts.pull("small").pulled)
    with pytest.raises(BrokenScript) as caught:
        live.app.versions.find("small", "draft")
    assert caught.value.compiled.file == "small/draft-2.yaml"


def test_of_a_file_it_is_told_what_is_recorded_of_its_content(live: Stage) -> None:
    flow = compile_flow(SOURCE)
    assert live.app.versions.of(flow).state == "draft"
    approve(live, SOURCE, "E-1")
    assert (live.app.versions.of(flow).state, live.app.versions.of(flow).ethics_number) == ("approved", "E-1")


def test_before_a_version_comes_what_was_approved_last_before_it(live: Stage) -> None:
    versions = live.app.versions
    hashes = [approve(live, changed(words), "E-1") for words in ("您几岁？", "您几周岁？", "您多大？")]
    first, second, third = (versions.find("small", hash) for hash in hashes)
    assert versions.approved_before(first) is None
    assert versions.approved_before(third) == second
    live.app.drafts.push(SOURCE, "anna")
    assert versions.approved_before(versions.find("small", "draft")) == third
