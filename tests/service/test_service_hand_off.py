"""Leads are handed off as FHIR and for REDCap: what is in the files, what never is, who may take them, and the trail."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from bot.bootstrap import read_flow
from bot.core.flow import All, Condition, Is
from bot.core.flow import Any as AnyOf
from bot.export.fhir.criteria import criteria
from bot.export.fhir.questionnaire import questionnaire
from bot.export.fhir.study import research_study
from bot.export.redcap import dictionary, name_of, records
from bot.leads.hand_off import HandOff
from bot.service.hand_off import Handing, LoginAgain, Wanted
from bot.service.in_hand import Brought
from bot.service.publishing import Refused
from bot.service.views import StaffMember
from bot.store import tables as t
from bot.store.records import Records
from tests.service.stage import MELASMA, SMALL, Person, Stage

MEI = StaffMember("mei", "mei")


def bundle(stage: Stage, wanted: Wanted = Wanted(), who: str = "mei") -> dict[str, Any]:  # noqa: B008 - a frozen value
    """The FHIR file, after every resource passed its model and every reference resolved."""
    made = json.loads(stage.app.handing.hand_off(wanted, "fhir", who))
    get_fhir_model_class("Bundle").model_validate(made)
    inside = set()
    for entry in made["entry"]:
        each = entry["resource"]
        get_fhir_model_class(each["resourceType"]).model_validate(each)
        assert entry["fullUrl"].endswith(f"/{each['resourceType']}/{each['id']}")
        inside.add(f"{each['resourceType']}/{each['id']}")
    assert len(inside) == len(made["entry"])
    assert set(references(made)) <= inside
    return dict(made)


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["reference"]] if "reference" in part else []
        return own + [found for value in part.values() for found in references(value)]
    return [found for value in part for found in references(value)] if isinstance(part, list) else []


def of(made: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["resource"] for each in made["entry"] if each["resource"]["resourceType"] == kind]


def one(made: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = of(made, kind)
    return found


def redcap(stage: Stage, wanted: Wanted) -> tuple[list[dict[str, str]], list[dict[str, str]], str]:
    """The dictionary, the records and the words beside them."""
    with zipfile.ZipFile(io.BytesIO(stage.app.handing.hand_off(wanted, "redcap", "mei"))) as archive:
        texts = [archive.read(name).decode() for name in ("dictionary.csv", "import.csv", "README.txt")]
    rows = [list(csv.DictReader(io.StringIO(text, newline=""))) for text in texts[:2]]
    return rows[0], rows[1], texts[2]


async def unsure(stage: Stage, address: str = "p1") -> Person:
    """Somebody on whom a coordinator must check E10, after a change of mind on E4."""
    person = await Person(stage, address).to_questions()
    await person.say("60")
    await person.tap("unsure", ".done", "yes")
    await person.say("/back")
    await person.tap("no", "yes")
    await person.say("2024-03-05")
    await person.tap("finish", "yes")
    await person.say("林女士")
    await person.tap("phone")
    await person.say("13800138000")
    await person.tap("any")
    return person


# FHIR


async def test_a_lead_is_one_bundle_by_code(any_store: Stage) -> None:
    await unsure(any_store)
    made = bundle(any_store)
    patient = one(made, "Patient")
    assert patient["identifier"][0]["value"].startswith("L-")
    assert not {"name", "telecom", "gender", "birthDate"} & set(patient)
    assert "林" not in json.dumps(made, ensure_ascii=False)
    said = one(made, "QuestionnaireResponse")
    assert said["status"] == "amended"
    answers = {item["linkId"]: item["answer"] for item in said["item"]}
    assert answers["age"] == [{"valueInteger": 60}]
    assert answers["treated"][0]["valueCoding"]["code"] == "unsure"
    assert answers["hormones_last"] == [{"valueDate": "2024-03-05"}]
    sheet = one(made, "Questionnaire")
    assert said["questionnaire"] == f"{sheet['url']}|{sheet['version']}"
    assert one(made, "ResearchSubject")["status"] == "candidate"
    todo = one(made, "Task")
    assert (todo["status"], todo["businessStatus"]["text"], todo["priority"]) == (
        "requested",
        "new",
        "routine",
    )
    assert todo["restriction"]["period"]["end"]


async def test_a_second_export_names_everything_as_the_first_did(stage: Stage) -> None:
    await unsure(stage)
    first = bundle(stage)
    stage.clock.move(hours=1)
    code = of(first, "Patient")[0]["identifier"][0]["value"]
    await stage.app.work.claim(code, MEI)
    second = bundle(stage)
    assert [each["fullUrl"] for each in first["entry"]] == [each["fullUrl"] for each in second["entry"]]
    assert one(second, "Task")["status"] == "accepted"
    stage.clock.move(hours=9)
    assert one(bundle(stage), "Task")["status"] == "requested"  # the claim is over


async def test_the_questionnaire_is_the_script(stage: Stage) -> None:
    await unsure(stage)
    sheet = one(bundle(stage), "Questionnaire")
    items = {item["linkId"]: item for item in sheet["item"]}
    assert list(items) == [
        *("age", "treated", "pregnant", "hormones", "hormones_last", "hormones_last.instead"),
    ]
    assert [items[id]["type"] for id in items] == ["integer", "choice", "choice", "choice", "date", "choice"]
    assert (items["treated"]["repeats"], "repeats" in items["pregnant"]) == (True, False)
    (english,) = items["pregnant"]["_text"]["extension"]
    assert english["extension"][1] == {"url": "content", "valueString": "Are you pregnant now?"}
    assert [each["linkId"] for each in items["pregnant"]["item"]] == ["pregnant.preface", "pregnant.help"]
    (when,) = items["hormones"]["enableWhen"]
    assert (when["question"], when["operator"], when["answerCoding"]["code"]) == ("pregnant", "!=", "na")
    assert items["hormones_last"]["enableBehavior"] == "all"
    assert [each["operator"] for each in items["hormones_last"]["enableWhen"]] == ["=", "!="]


async def test_the_criteria_say_which_way_round_they_are(stage: Stage) -> None:
    await unsure(stage)
    made = bundle(stage)
    by_id = {each["code"]["text"].split()[0]: each for each in one(made, "Group")["characteristic"]}
    years = by_id["I1"]["valueRange"]
    assert (years["low"]["value"], years["high"]["value"], years["low"]["code"]) == (18, 60, "a")
    assert (by_id["I2"]["exclude"], by_id["E4"]["exclude"]) == (False, True)
    assert one(made, "ResearchStudy")["enrollment"] == [{"reference": f"Group/{one(made, 'Group')['id']}"}]


async def test_a_consent_says_that_it_is_not_the_studys(stage: Stage) -> None:
    await unsure(stage)
    given = of(bundle(stage), "Consent")
    assert {each["status"] for each in given} == {"active"}
    for each in given:
        assert "not the study's informed consent" in each["text"]["div"]
        assert "不是本研究的知情同意书" in each["category"][0]["text"]
        assert "#sha256-" in each["policy"][0]["uri"]


async def test_of_who_withdrew_it_says_that_they_did_and_nothing_else(any_store: Stage) -> None:
    person = await unsure(any_store)
    await person.say("/start")
    await person.tap("withdraw", "withdraw")
    made = bundle(any_store, Wanted(identified=True, purpose="site_edc"))
    assert of(made, "QuestionnaireResponse") == []
    assert "name" not in one(made, "Patient")
    assert (one(made, "ResearchSubject")["status"], one(made, "Task")["status"]) == ("withdrawn", "cancelled")
    states = {each["category"][1]["coding"][0]["code"]: each["status"] for each in of(made, "Consent")}
    assert (states["health"], states["contact"]) == ("active", "inactive")
    _, (row,), _ = redcap(any_store, Wanted(study="small", identified=True, purpose="site_edc"))
    assert {name: value for name, value in row.items() if value} == {
        "record_id": row["record_id"],
        "lead_created": "2026-06-15 10:00",
        "lead_status": "withdrawn",
        "flow_version": row["flow_version"],
        "lang": "zh",
        "contact_channel": "phone",
        "prescreen_complete": "0",
    }


async def test_identity_goes_along_only_where_it_is_asked_for(stage: Stage) -> None:
    await unsure(stage)
    patient = one(bundle(stage, Wanted(identified=True, purpose="ethics")), "Patient")
    assert patient["name"] == [{"text": "林女士"}]
    assert patient["telecom"] == [{"system": "phone", "value": "+8613800138000"}]


@pytest.mark.parametrize(
    ("steps", "status", "task"),
    [
        ((), "candidate", "in-progress"),
        (("book",), "screening", "in-progress"),
        (("book", "attend", "consent", "enrol"), "on-study", "completed"),
        (("book", "attend", "fail_screening"), "ineligible", "completed"),
        (("find_ineligible",), "not-registered", "completed"),
        (("decline",), "withdrawn", "completed"),
        (("close_study",), "not-registered", "cancelled"),
    ],
)
async def test_only_the_investigator_makes_somebody_ineligible(
    stage: Stage, steps: tuple[str, ...], status: str, task: str
) -> None:
    await unsure(stage)
    (lead,) = stage.rows(t.leads)
    await stage.app.work.attempt(lead.code, "phone", "reached", MEI)
    for step in steps:
        brought = Brought(criterion="E10", visit=stage.clock() + timedelta(days=1))
        await stage.app.work.step(lead.code, step, brought, MEI)
        if step == "book" and len(steps) > 1:
            stage.clock.move(days=1)
    await stage.app.work.release(lead.code, MEI)
    made = bundle(stage)
    assert one(made, "ResearchSubject")["status"] == status
    assert one(made, "Task")["status"] == task


async def test_a_not_match_is_no_subject(stage: Stage) -> None:
    person = await unsure(stage)
    await person.say("/start")
    stage.clock.move(minutes=1)
    await person.tap("again", "restart", "self", "yes", "agree")
    await person.say("70")
    await person.tap("finish")
    (lead,) = stage.rows(t.leads)
    assert lead.verdict == "not_match"
    made = bundle(stage)
    assert of(made, "ResearchSubject") == []
    assert one(made, "QuestionnaireResponse")["status"] == "completed"


def test_the_shipped_script_passes_the_models() -> None:
    flow = read_flow(MELASMA.read_bytes())
    for made in (questionnaire(flow), criteria(flow), research_study([flow], True)):
        get_fhir_model_class(made["resourceType"]).model_validate(made)
    ids = [item["linkId"] for item in questionnaire(flow)["item"]]
    assert [id for id in ids if "." not in id] == [question.id for question in flow.questions]
    names = [row["Variable / Field Name"] for row in csv.DictReader(io.StringIO(dictionary([flow])))]
    assert len(names) == len(set(names))
    assert {question.id for question in flow.questions} <= set(names)


@pytest.mark.parametrize(
    ("condition", "when", "logic"),
    [
        (Is("pregnant", frozenset({"no"})), ("all", ["=no"]), "[pregnant] = 'no'"),
        (
            Is("pregnant", frozenset({"no", "na"}), negated=True),
            ("all", ["!=na", "!=no"]),
            "([pregnant] <> 'na' and [pregnant] <> 'no')",
        ),
        (
            AnyOf((Is("pregnant", frozenset({"no", "na"})), Is("treated", frozenset({"cream"})))),
            ("any", ["=na", "=no", "=cream"]),
            "(([pregnant] = 'na' or [pregnant] = 'no') or [treated(cream)] = '1')",
        ),
        # FHIR has one list and one word for it, and no "none of these" of several answers: it is then always shown.
        (
            All((Is("pregnant", frozenset({"no", "na"})), Is("hormones", frozenset({"yes"})))),
            None,
            "(([pregnant] = 'na' or [pregnant] = 'no') and [hormones] = 'yes')",
        ),
        (Is("treated", frozenset({"none"}), negated=True), None, "[treated(none)] = '0'"),
        (
            All((AnyOf((Is("pregnant", frozenset({"no"})),)), Is("hormones", frozenset({"yes"})))),
            None,
            "([pregnant] = 'no' and [hormones] = 'yes')",
        ),
    ],
)
def test_a_condition_is_said_where_it_can_be(
    condition: Condition, when: tuple[str, list[str]] | None, logic: str
) -> None:
    flow = read_flow(SMALL.read_bytes())
    last = flow.question_by_id["hormones_last"]
    asked = (*flow.questions[:-1], replace(last, ask_if=condition))
    changed = replace(flow, questions=asked)
    item = next(each for each in questionnaire(changed)["item"] if each["linkId"] == last.id)
    found = [f"{each['operator']}{each['answerCoding']['code']}" for each in item.get("enableWhen", [])]
    assert found == (when[1] if when else [])
    assert item.get("enableBehavior", "all") == (when[0] if when else "all")
    rows = {row["Variable / Field Name"]: row for row in csv.DictReader(io.StringIO(dictionary([changed])))}
    assert rows[last.id]["Branching Logic (Show field only if...)"] == logic


# REDCap


async def test_redcap_takes_a_row_for_each_lead(any_store: Stage) -> None:
    await unsure(any_store)
    any_store.clock.move(minutes=1)
    await Person(any_store, "p2").to_queue()
    fields, rows, words = redcap(any_store, Wanted(study="small"))
    names = [field["Variable / Field Name"] for field in fields]
    assert (names[0], len(fields[0])) == ("record_id", 18)
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and len(name) <= 26 for name in names)
    by_name = {field["Variable / Field Name"]: field for field in fields}
    marked = [name for name in names if by_name[name]["Identifier?"] == "y"]
    assert marked == ["call_name", "phone"]
    assert by_name["hormones"]["Branching Logic (Show field only if...)"] == "[pregnant] <> 'na'"
    columns = set(names) - {"treated"} | {"treated___none", "treated___cream", "treated___unsure"}
    assert set(rows[0]) == columns | {"prescreen_complete"}
    first = rows[0]
    assert (first["treated___unsure"], first["treated___none"], first["open_e10"]) == ("1", "0", "1")
    assert (first["hormones_last"], first["age"], first["prescreen_complete"]) == ("2024-03-05", "60", "2")
    assert (first["call_name"], first["phone"], first["contact_channel"]) == ("", "", "phone")
    assert "overwriteBehavior=normal" in words


async def test_redcap_gets_names_where_asked_and_no_formula(stage: Stage) -> None:
    await Person(stage, "p2").to_queue()
    handed: list[HandOff] = []

    def keep(each: HandOff) -> bytes:
        handed.append(each)
        return b""

    app = stage.app
    handing = Handing(app.database, app.shelf, {"redcap": keep}, stage.clock, app.settings.zone)
    handing.hand_off(Wanted(study="small", identified=True, purpose="site_edc"), "redcap", "mei")
    (lead,) = handed[0].leads
    for name, told in ((lead.name, "林女士"), ("=1+1", " =1+1")):
        (row,) = csv.DictReader(io.StringIO(records(replace(handed[0], leads=[replace(lead, name=name)]))))
        assert (row["call_name"], row["phone"]) == (told, "+8613800138000")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("age", "age"),
        ("open_e10", "open_e10_443fd0"),
        ("phone", "phone_45569d"),
        ("how_long_have_you_had_the_patches", "how_long_have_you_h_a986ab"),
        ("2nd.latest", "q_2nd_latest_8229b8"),
    ],
)
def test_a_field_name_is_short_and_always_the_same(key: str, name: str) -> None:
    made = name_of(key)
    assert (made, len(made) <= 26) == (name, True)


def test_redcap_is_of_one_study(stage: Stage) -> None:
    with pytest.raises(Refused, match="which_study"):
        redcap(stage, Wanted())


async def test_the_only_study_that_has_leads_needs_no_name(stage: Stage) -> None:
    await unsure(stage)
    made = stage.app.handing.hand_off(Wanted(), "redcap", "mei")
    assert made == stage.app.handing.hand_off(Wanted(study="small"), "redcap", "mei")
    taken = [row.subject for row in stage.rows(t.audit) if row.what == "exported"]
    assert taken == ["hand_off:small", "hand_off:small"]
    await unsure(stage, "p2")
    stage.app.database.run_now(in_another_study)
    with pytest.raises(Refused, match="which_study"):
        stage.app.handing.hand_off(Wanted(), "redcap", "mei")


def in_another_study(kept: Records) -> None:
    """As if one of them had become a lead of another study."""
    (lead, _), _ = kept.leads_to_hand_off("", None, None, "")
    kept.change_lead(lead.code, study="other")


def test_a_dictionary_can_be_taken_before_anybody_came(stage: Stage) -> None:
    fields, rows, _ = redcap(stage, Wanted(study="small"))
    assert "age" in [field["Variable / Field Name"] for field in fields]
    assert rows == []


# who may have it, and the trail


async def test_what_was_taken_stands_in_the_trail_and_with_each_lead(opened: Stage) -> None:
    opened.app.staff.add("mei", "coordinator")
    await unsure(opened)
    bundle(opened, Wanted(identified=True, purpose="sponsor_named_in_notice"))
    kept = [row for row in opened.rows(t.audit) if row.what in ("exported", "handed_off")]
    assert [(row.who, row.subject[:9]) for row in kept] == [
        ("staff:mei", "hand_off:"),
        ("staff:mei", kept[1].subject[:9]),
    ]
    assert kept[0].detail | {"from": "", "to": ""} == {
        "format": "fhir",
        "purpose": "sponsor_named_in_notice",
        "identified": True,
        "from": "",
        "to": "",
        "leads": 1,
    }
    assert kept[1].subject == opened.rows(t.leads)[0].code
    assert "林" not in str(kept)


async def test_the_trail_states_no_purpose_that_nobody_stated(opened: Stage) -> None:
    opened.app.staff.add("mei", "coordinator")
    await unsure(opened)
    bundle(opened)
    kept = [row.detail["purpose"] for row in opened.rows(t.audit) if row.what in ("exported", "handed_off")]
    assert kept == ["", ""]
    with pytest.raises(Refused, match="what_for"):
        opened.app.handing.hand_off(Wanted(identified=True), "fhir", "mei")


@pytest.mark.parametrize(
    ("role", "wanted", "why"),
    [
        ("editor", Wanted(), "not_for_export"),
        ("approver", Wanted(identified=True, purpose="site_edc"), "not_for_export"),
        ("auditor", Wanted(identified=True, purpose="site_edc"), "not_for_identity"),
        ("coordinator", Wanted(purpose="other"), "not_in_notice"),
        ("coordinator", Wanted(code="L-0000-0000"), "no_such_lead"),
        ("coordinator", Wanted(study="other"), "nothing_kept"),
        ("coordinator", Wanted(since=date(2026, 6, 2), until=date(2026, 6, 1)), "days_reversed"),
        ("", Wanted(), "no_exporter"),
    ],
)
def test_who_may_not_gets_nothing_and_no_row(opened: Stage, role: str, wanted: Wanted, why: str) -> None:
    if role:
        opened.app.staff.add("mei", role)
    with pytest.raises(Refused) as refused:
        opened.app.handing.hand_off(wanted, "fhir", "mei")
    assert refused.value.reason == why
    assert [row for row in opened.rows(t.audit) if row.what == "exported"] == []


@pytest.mark.parametrize(("role", "identified"), [("auditor", False), ("coordinator", True), ("admin", True)])
def test_who_may_gets_it(opened: Stage, role: str, identified: bool) -> None:
    opened.app.staff.add("mei", role)
    assert opened.app.handing.hand_off(Wanted(identified=identified, purpose="ethics"), "fhir", "mei")


async def test_identity_on_the_web_asks_for_a_login_of_the_last_minutes(opened: Stage) -> None:
    opened.app.staff.add("mei", "coordinator")
    session = await opened.app.staff.login(opened.app.staff.link("mei"))
    assert session is not None
    opened.clock.move(minutes=9)
    member = await opened.app.staff.session(session.cookie)
    assert member is not None
    wanted = Wanted(identified=True, purpose="site_edc")
    assert await opened.app.handing.hand_off_for(wanted, "fhir", member)
    opened.clock.move(minutes=1)
    with pytest.raises(LoginAgain):
        await opened.app.handing.hand_off_for(wanted, "fhir", member)
    assert await opened.app.handing.hand_off_for(Wanted(), "fhir", member)
