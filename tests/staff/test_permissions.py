"""Who may see and do what on the staff pages: one table, every page, every role, and nobody."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.service.staff import ROLES
from bot.staff.frame import SESSION, form_token
from bot.staff.pages import routes
from bot.store import tables as t
from tests.service.stage import Person, Stage

COORDINATOR, EDITOR, APPROVER, AUDITOR, ADMIN = ROLES
NOBODY, REMOVED = "nobody", "removed"
EVERYBODY = frozenset(ROLES)
WORK = frozenset({COORDINATOR, ADMIN})
READ_LEADS = WORK | {AUDITOR}
WRITE = frozenset({EDITOR, APPROVER, ADMIN})
APPROVE = frozenset({APPROVER, ADMIN})
#: Also who has not logged in.
ANYBODY = EVERYBODY | {NOBODY, REMOVED}

FLOW = "/staff/flows/small"
FILE = {"file": ("small.yaml", b"format: 1")}
#: What a page answers that refuses a step, beside the ones that are closed.
NOT_YOUR_ROLE = "Your role does not allow this."


@dataclass(frozen=True)
class Act:
    """One page, or one thing that a form of it does. `{lead}` and `{request}` stand for codes."""

    method: str
    route: str
    path: str
    allowed: frozenset[str]
    form: Mapping[str, str] = field(default_factory=dict)
    upload: bool = False


def get(route: str, allowed: frozenset[str], path: str = "") -> Act:
    return Act("GET", route, path or route, allowed)


def post(route: str, allowed: frozenset[str], path: str = "", upload: bool = False, **form: str) -> Act:
    return Act("POST", route, path or route, allowed, form, upload)


LEAD, MESSAGES = "/staff/leads/{code}", "/staff/leads/{code}/messages"
SITE, STUDY = "/staff/site/{study}", "/staff/flows/{study}"
PART, AGE = f"{STUDY}/parts/{{part}}", f"{FLOW}/parts/question.age"
THE_LEAD, THE_REQUEST = "/staff/leads/{lead}", "/staff/leads/{request}"

TABLE = (
    get("/staff/login", ANYBODY),
    post("/staff/login", ANYBODY, token="of nobody"),
    get("/staff/{rest:path}", ANYBODY, "/staff/elsewhere"),
    # the queue
    get("/staff", READ_LEADS),
    get("/staff", READ_LEADS, "/staff?at=last&status=new&language=zh"),
    get("/staff/day", READ_LEADS),
    get("/staff/closed", READ_LEADS),
    get("/staff/search", EVERYBODY),
    post("/staff/day", WORK, absent="coordinator", to="coordinator"),
    post("/staff/search", WORK, text="{lead}"),
    post("/staff/search", WORK, text="13800138000"),
    post("/staff/next", WORK),
    get("/staff/enter", WORK),
    post("/staff/enter", WORK, study="small", name="王女士", phone="13900139000", language="zh", call_time="any", agreed="yes"),
    # a lead
    get(LEAD, READ_LEADS, THE_LEAD),
    get(f"{LEAD}/mark", READ_LEADS, f"{THE_LEAD}/mark"),
    post(LEAD, WORK, THE_LEAD, do="claim"),
    post(LEAD, WORK, THE_LEAD, do="attempt", channel="phone", outcome="no_answer", note="x"),
    post(LEAD, WORK, THE_LEAD, do="step", step="decline"),
    post(LEAD, WORK, THE_LEAD, do="tell"),
    post(LEAD, WORK, THE_LEAD, do="check", criterion="I1", state="meets"),
    post(LEAD, WORK, THE_LEAD, do="note", text="x"),
    post(LEAD, WORK, THE_LEAD, do="undo", reason="x"),
    post(LEAD, WORK, THE_LEAD, do="hand_over", to="coordinator"),
    post(LEAD, WORK, THE_LEAD, do="release"),
    post(MESSAGES, WORK, f"{THE_LEAD}/messages", text="x"),
    # a request
    get(LEAD, READ_LEADS, THE_REQUEST),
    post(LEAD, WORK, THE_REQUEST, do="claim"),
    post(MESSAGES, WORK, f"{THE_REQUEST}/messages", text="x"),
    post(LEAD, WORK, THE_REQUEST, do="release"),
    post(LEAD, WORK, THE_REQUEST, do="close", how="answered"),
    post(LEAD, WORK, THE_REQUEST, do="reopen"),
    # what is taken out of the house
    get("/staff/reports", READ_LEADS),
    post("/staff/reports/log", READ_LEADS, study="small", format="csv"),
    post("/staff/reports/hand-off", READ_LEADS, study="small", format="fhir"),
    post("/staff/reports/hand-off", WORK, study="small", format="fhir", identified="yes", purpose="site_edc"),
    get("/staff/reports/{file}", READ_LEADS, "/staff/reports/funnel.csv?study=small"),
    # the site
    get("/staff/site", EVERYBODY),
    get(SITE, EVERYBODY, "/staff/site/small"),
    post(SITE, WRITE, "/staff/site/small", name="delete_days", value="14"),
    post(SITE, WRITE, "/staff/site/small", **{"fact-delete_days": "21", "seen-delete_days": "14"}),
    post(SITE, WRITE | {COORDINATOR}, "/staff/site/small", name="recruiting", value="no"),
    post(SITE, WRITE, "/staff/site/small", name="recruiting", value="yes"),
    # the scripts
    get("/staff/flows", EVERYBODY),
    get(STUDY, EVERYBODY, FLOW),
    get(PART, EVERYBODY, AGE),
    post(f"{PART}/try", EVERYBODY, f"{AGE}/try"),
    get(f"{STUDY}/try", EVERYBODY, f"{FLOW}/try"),
    get(f"{STUDY}/rehearsals", EVERYBODY, f"{FLOW}/rehearsals"),
    get(f"{STUDY}/versions", EVERYBODY, f"{FLOW}/versions"),
    get(f"{STUDY}/file", EVERYBODY, f"{FLOW}/file"),
    get(f"{STUDY}/flow.yaml", EVERYBODY, f"{FLOW}/flow.yaml"),
    get(f"{STUDY}/changes", EVERYBODY, f"{FLOW}/changes"),
    get(f"{STUDY}/drawing", EVERYBODY, f"{FLOW}/drawing"),
    get(f"{STUDY}/drawing.svg", EVERYBODY, f"{FLOW}/drawing.svg"),
    get(f"{STUDY}/pack/{{version}}", EVERYBODY, f"{FLOW}/pack/{{version}}"),
    get(f"{STUDY}/sheet.xlsx", EVERYBODY, f"{FLOW}/sheet.xlsx"),
    post(f"{STUDY}/sheet", EVERYBODY, f"{FLOW}/sheet", upload=True),
    post(f"{STUDY}/changes", WRITE, f"{FLOW}/changes"),
    post(f"{STUDY}/changes/holds", WRITE, f"{FLOW}/changes/holds", version="{version}"),
    post("/staff/flows", WRITE, upload=True),
    post(f"{STUDY}/file", WRITE, f"{FLOW}/file", source="format: 1"),
    post(PART, WRITE, AGE, **{"help/en": "In full years."}),
    post(PART, WRITE, AGE, step="up"),
    post(PART, WRITE, AGE, step="question", id="height", kind="number"),
    post(STUDY, WRITE, FLOW, revision="1"),
    post(f"{STUDY}/discard", WRITE, f"{FLOW}/discard", revision="1"),
    post(f"{STUDY}/versions", APPROVE, f"{FLOW}/versions", step="approve", version="{version}", ethics_number="E-1"),
    post(f"{STUDY}/versions", WRITE, f"{FLOW}/versions", step="publish", version="{version}"),
    post(f"{STUDY}/versions", WRITE, f"{FLOW}/versions", step="roll_back", version="{version}"),
    post(f"{STUDY}/versions", WRITE, f"{FLOW}/versions", step="retire", version="{version}"),
    # Last: it ends the session. Whoever has none is logged out already.
    post("/staff/logout", ANYBODY),
)  # fmt: skip


@dataclass
class House:
    """A live study with a lead and a request, and somebody of each role."""

    stage: Stage
    lead: str
    request: str
    version: str
    cookies: dict[str, str]

    async def answer(self, act: Act, who: str) -> httpx.Response:
        """What somebody gets who does it."""
        app = Starlette(routes=routes(self.stage.app, self.stage.app.settings.zone, secure_cookies=False))
        codes = {"lead": self.lead, "request": self.request, "version": self.version}
        cookie = self.cookies.get(who, "")
        form = {name: self._named(value, codes) for name, value in act.form.items()}
        if act.method == "POST":
            form["form_token"] = form_token(cookie)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://staff",
            cookies={SESSION: cookie} if cookie else {},
            headers={"Accept-Language": "en"},
        ) as client:
            path = self._named(act.path, codes)
            if act.method == "GET":
                return await client.get(path)
            return await client.post(path, data=form, files=FILE if act.upload else None)

    @staticmethod
    def _named(text: str, codes: Mapping[str, str]) -> str:
        for name, code in codes.items():
            text = text.replace(f"{{{name}}}", code)
        return text

    def opened(self, code: str) -> int:
        """How often the trail says that a lead was opened."""
        return len([row for row in self.stage.rows(t.audit) if (row.subject, row.what) == (code, "opened")])

    def kept(self) -> object:
        """Everything that is stored, but for what the trail says of refusals."""
        kept = {table.name: self.stage.rows(table) for table in t.metadata.sorted_tables}
        kept["audit"] = [row for row in kept["audit"] if row.what != "refused"]
        return kept

    def refused(self, who: str) -> int:
        """How often the trail says that somebody was refused something."""
        mine = (f"staff:{who}", "refused")
        return len([row for row in self.stage.rows(t.audit) if (row.subject, row.what) == mine])


@contextmanager
def house(folder: Path) -> Iterator[House]:
    stage = Stage(folder, live=True)
    stage.open()
    for role in (*ROLES, REMOVED):
        stage.app.staff.add(role, EDITOR if role == REMOVED else role)
    cookies = {}

    async def begin() -> None:
        await Person(stage, "p1").to_queue()
        await Person(stage, "p2").say("/human")
        for name in (*ROLES, REMOVED):
            session = await stage.app.staff.login(stage.app.staff.link(name))
            assert session is not None
            cookies[name] = session.cookie

    asyncio.run(begin())
    stage.app.staff.remove(REMOVED)
    codes = {row.kind: row.code for row in stage.app.desk.queue_now("en")}
    version = stage.rows(t.versions)[0].hash
    yield House(stage, codes["lead"], codes["human"], version, cookies)
    stage.stop()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Where nothing has been done yet, and nobody who is refused changes that."""
    with house(tmp_path_factory.mktemp("quiet")) as found:
        yield found


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Where everybody does what they may, down the table."""
    with house(tmp_path_factory.mktemp("busy")) as found:
        yield found


def is_refused(answer: httpx.Response) -> bool:
    """By role, or for want of one; not for what else may be amiss."""
    return answer.status_code in (401, 403) or any(
        words in answer.text for words in (NOT_YOUR_ROLE, "Names and phones are for coordinators")
    )


def named(act: Act) -> str:
    return " ".join([act.method, act.path, *(f"{name}={value}" for name, value in act.form.items())])


def test_the_table_names_every_page_and_every_form(quiet: House) -> None:
    app = quiet.stage.app
    there = {
        (method, route.path)
        for route in routes(app, app.settings.zone, secure_cookies=False)
        if isinstance(route, Route)
        for method in (route.methods or ()) - {"HEAD"}
    }
    assert {(act.method, act.route) for act in TABLE} == there


@pytest.mark.parametrize("act", TABLE, ids=named)
def test_who_may_not_is_refused_and_nothing_changes(quiet: House, act: Act) -> None:
    before = quiet.kept()
    for who in sorted(ANYBODY - act.allowed):
        told = quiet.refused(who)
        answer = asyncio.run(quiet.answer(act, who))
        assert is_refused(answer), f"{who}: {answer.status_code}"
        if NOT_YOUR_ROLE in answer.text:
            assert quiet.refused(who) == told + 1
        for secret in ("林女士", "138 0013 8000", "13800138000"):
            assert secret not in answer.text, who
        assert quiet.kept() == before, who


@pytest.mark.parametrize("act", TABLE, ids=named)
def test_who_may_is_not_refused(busy: House, act: Act) -> None:
    if "/login" in act.route and act.method == "POST":
        return  # a link of nobody's opens for nobody; real ones are used in test_pages
    for who in sorted(act.allowed - ({NOBODY, REMOVED} if act.route == "/staff/login" else set())):
        answer = asyncio.run(busy.answer(act, who))
        if act.route == "/staff/login":
            assert answer.status_code == 401, "without a token it is asked for"
        elif who == NOBODY and act.route == "/staff/logout":
            assert answer.status_code == 403, "a form of nobody's is none of ours"
        else:
            assert not is_refused(answer), f"{who}: {answer.status_code}"
            assert answer.status_code < 500


@pytest.mark.parametrize(
    ("who", "answers", "name"),
    [
        (COORDINATOR, True, True),
        (ADMIN, True, True),
        (AUDITOR, True, False),
        (EDITOR, False, False),
        (APPROVER, False, False),
        (REMOVED, False, False),
        (NOBODY, False, False),
    ],
)
def test_a_lead_is_shown_by_role_and_that_it_was_opened_is_in_the_trail(
    quiet: House, who: str, answers: bool, name: bool
) -> None:
    before = quiet.opened(quiet.lead)
    page = asyncio.run(quiet.answer(get(LEAD, READ_LEADS, THE_LEAD), who)).text
    assert ("How old are you" in page) is answers
    for identity in ("林女士", "tel:"):
        assert (identity in page) is name
    assert quiet.opened(quiet.lead) == before + answers
