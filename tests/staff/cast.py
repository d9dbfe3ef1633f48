"""A desk with a small cast: the clean case, the unsure one, somebody unwell, an English speaker, a mischievous name."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.i18n import Translators
from bot.service.script_views import StudyLine
from bot.service.sites import SiteView
from bot.service.views import (
    AnswerView,
    Choices,
    ConsentView,
    CriterionView,
    Edit,
    FlagView,
    Identity,
    LeadView,
    QueuePage,
    QueueRow,
    RunView,
    Session,
    StaffMember,
    Wanted,
)

NOW = datetime(2026, 6, 15, 8, 13, tzinfo=UTC)  # 16:13 in Shanghai
LIN = StaffMember("s1", "林护士")
MISCHIEF = '<script>alert("1")</script><img src=x onerror=alert(2)>'


class NoSites:
    """Where no study is kept."""

    async def all(self, language: str, member: StaffMember) -> list[SiteView]:
        return []

    async def site(self, study: str, language: str, member: StaffMember) -> None:
        return None

    async def set(self, study: str, name: str, value: str, language: str, member: StaffMember) -> str:
        raise AssertionError(f"no study {study}")


class NoScripts:
    """Where no script is kept."""

    async def all(self, language: str, member: StaffMember) -> list[StudyLine]:
        return []

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"no script to {name}")


class NoLog:
    """Where nothing was logged."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"no log to {name}")


class NoWork:
    """Where nobody works on leads, or writes to anybody."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"no lead to {name}")


@dataclass
class FakeDesk:
    """Stands in for the staff service."""

    tokens: set[str] = field(default_factory=lambda: {"right-token"})
    cookies: set[str] = field(default_factory=set)
    opened: list[tuple[str, str]] = field(default_factory=list)
    empty: bool = False

    async def login(self, token: str) -> Session | None:
        if token not in self.tokens:
            return None
        self.tokens.remove(token)
        self.cookies.add("secret-of-the-session")
        return Session("secret-of-the-session", LIN, NOW + timedelta(hours=8))

    async def session(self, cookie: str) -> StaffMember | None:
        return LIN if cookie in self.cookies else None

    async def logout(self, cookie: str) -> None:
        self.cookies.discard(cookie)

    async def note_refused(self, member: StaffMember, what: str) -> None:
        raise AssertionError(f"nothing is refused here: {what}")

    async def queue(
        self,
        language: str,
        member: StaffMember | None = None,
        wanted: Wanted | None = None,
        at: str = "",
    ) -> QueuePage:
        found = () if self.empty else tuple(rows(language))
        return QueuePage(found, waiting=len(found))

    async def choices(self, language: str) -> Choices:
        return Choices({"melasma": "Melasma study"}, ("zh", "en"), ("E10",), ("lin",))

    async def lead(self, code: str, language: str, member: StaffMember) -> LeadView | None:
        view = next((view for view in leads(language) if view.row.code == code), None)
        if view:
            self.opened.append((code, member.id))
        return view


@dataclass(frozen=True)
class FakeServices:
    """Only the queue and a lead can be read."""

    desk: FakeDesk
    translators: Translators
    work: Any = field(default_factory=NoWork)
    requests: Any = field(default_factory=NoWork)
    by_hand: Any = field(default_factory=NoWork)
    relay: Any = field(default_factory=NoWork)
    log: Any = field(default_factory=NoLog)
    reports: Any = field(default_factory=NoLog)
    handing: Any = field(default_factory=NoLog)
    sites: Any = field(default_factory=NoSites)
    scripts: Any = field(default_factory=NoScripts)

    @property
    def staff(self) -> FakeDesk:
        return self.desk

    def clock(self) -> datetime:
        return NOW


def rows(language: str) -> list[QueueRow]:
    study = "黄褐斑临床研究" if language == "zh" else "Melasma study"

    def row(code: str, hours: float, due: float | None, **more: object) -> QueueRow:
        values: dict[str, object] = {
            "kind": "lead",
            "study_name": study,
            "urgent": False,
            "demo": False,
            "language": "zh",
            "verdict": "needs_review",
            "open": (),
            "flags": (),
            "reach": "phone",
            "call_time": "",
            "status": "new",
            **more,
        }
        return QueueRow(
            code=code,
            created_at=NOW - timedelta(hours=hours),
            due_at=None if due is None else NOW + timedelta(hours=due),
            overdue=due is not None and due < 0,
            **values,  # type: ignore[arg-type]
        )

    return [
        row("R-8QXA-4MKE", 0.2, 0.5, kind="unwell", urgent=True, verdict="", reach="chat"),
        row(
            "L-7QK4-X9M3",
            50,
            -22,
            open=("I2", "I4", "E3", "E10"),
            flags=("near_limit", "changed_answer"),
            call_time="morning",
        ),
        row("L-3FHT-K8PA", 2.5, 26, verdict="likely_match", call_time="evening", demo=True),
        row(
            "L-9WCD-6RNB",
            5,
            26,
            language="en",
            open=("E5",),
            reach="chat",
            call_time="any",
            flags=("odd_thing",),
        ),
        row(
            "R-6TGY-JH4U",
            30,
            None,
            kind="human",
            verdict="",
            reach="chat",
            language="vi",
            status="contacting",
        ),
    ]


def leads(language: str) -> list[LeadView]:
    by_code = {row.code: row for row in rows(language)}
    consents = (
        ConsentView("health", True, NOW - timedelta(hours=50, minutes=9), "3f9a1c"),
        ConsentView("contact", True, NOW - timedelta(hours=50)),
    )
    runs = (
        RunView(NOW - timedelta(days=40), NOW - timedelta(days=40, minutes=-4), "not_match", "1.0.0"),
        RunView(NOW - timedelta(hours=50, minutes=10), NOW - timedelta(hours=50), "needs_review", "1.0.0"),
    )
    return [
        LeadView(by_code["R-8QXA-4MKE"], Identity(chat="https://t.me/user")),
        LeadView(
            by_code["L-7QK4-X9M3"],
            Identity("王女士", "+8613800138000"),
            criteria(language),
            (FlagView("near_limit", "I1"), FlagView("changed_answer", "E10")),
            consents,
            runs,
        ),
        LeadView(by_code["L-3FHT-K8PA"], Identity(MISCHIEF, "+8613900139000"), (), (), consents[1:], ()),
    ]


def criteria(language: str) -> tuple[CriterionView, ...]:
    """Some of the trial's criteria, in the reader's language."""
    zh = language == "zh"

    def t(chinese: str, english: str) -> str:
        return chinese if zh else english

    at = NOW - timedelta(hours=50, minutes=5)

    def said(id: str, ask: str, answer: str, state: str, part: str = "", **more: object) -> AnswerView:
        values: dict[str, object] = {"typed": False, **more}
        return AnswerView(id, ask, part, answer, state, at, **values)  # type: ignore[arg-type]

    unsure = t("不确定", "Not sure")
    return (
        CriterionView(
            "I1",
            True,
            t(
                "18至60周岁（两端都含），总体健康状况良好。",
                "Aged 18 to 60 full years (both included) and in good general health.",
            ),
            "meets",
            "questions",
            "",
            (
                said(
                    "age",
                    t("您现在多少周岁？", "How old are you in full years?"),
                    "60",
                    "meets",
                    typed=True,
                    edits=(Edit("61", at - timedelta(minutes=2)),),
                ),
            ),
        ),
        CriterionView(
            "I2",
            True,
            t(
                "皮肤科医生按《黄褐斑的临床诊断和疗效标准（修订稿）》诊断为黄褐斑，面部有皮损。",
                "A dermatologist finds melasma by the Chinese standard for its diagnosis and efficacy (revised), with patches on the face.",
            ),
            "open",
            "questions",
            t("没有诊断或不确定，由协调员核实。", "No diagnosis or not sure goes to the coordinator."),
            (
                said(
                    "face_patches",
                    t("您现在脸上有褐色的斑吗？", "Do you have brown patches on your face now?"),
                    t("有", "Yes"),
                    "meets",
                    t("面部有皮损", "patches on the face"),
                ),
                said(
                    "melasma_dx",
                    t(
                        "有没有医生说过，您脸上的斑是黄褐斑？",
                        "Has a doctor told you that the patches are melasma?",
                    ),
                    t("医生没说过", "No doctor has said so"),
                    "open",
                    t("黄褐斑诊断", "diagnosis of melasma"),
                ),
            ),
        ),
        CriterionView(
            "I3",
            True,
            t(
                "充分理解研究内容，自愿签署知情同意书。",
                "Understands the study and freely signs the consent form.",
            ),
            "clinician",
            "visit",
            t("机器人不问。", "Never asked by the bot."),
        ),
        CriterionView(
            "I4",
            True,
            t(
                "医生已排除炎症后色素沉着、颧部褐青色痣、Riehl黑变病、色素性扁平苔藓和其他皮肤病。",
                "A doctor has ruled out post-inflammatory hyperpigmentation, Hori's nevus, Riehl's melanosis, lichen planus pigmentosus and other skin diseases.",
            ),
            "open",
            "questions",
            "",
            (
                said(
                    "other_spots",
                    t("医生说过您脸上有其他的斑吗？", "Has a doctor named other spots on your face?"),
                    unsure,
                    "open",
                ),
                said(
                    "pih",
                    t("伤口或痘痘好了以后，会留下深色的印子吗？", "Do wounds or acne leave dark marks?"),
                    t("没有", "No"),
                    "meets",
                    linked=True,
                ),
            ),
        ),
        CriterionView(
            "E3",
            False,
            t(
                "凝血功能异常，正在使用抗凝药，有血栓形成倾向，或有家族遗传病史。",
                "Has a clotting problem, takes an anticoagulant now, tends to form clots, or has a family history of genetic disease.",
            ),
            "open",
            "questions",
            "",
            (
                said(
                    "family",
                    t("您的家人有遗传病吗？", "Does a genetic disease run in your family?"),
                    unsure,
                    "open",
                ),
            ),
        ),
        CriterionView(
            "E4",
            False,
            t("怀孕或正在哺乳。", "Pregnant or breastfeeding."),
            "na",
            "questions",
            "",
            (
                said(
                    "pregnant",
                    t("您现在怀孕了吗？", "Are you pregnant now?"),
                    t("不适用于我", "Does not apply to me"),
                    "na",
                ),
            ),
        ),
        CriterionView(
            "E10",
            False,
            t("以前治疗过黄褐斑。", "Has had melasma treated before."),
            "open",
            "questions",
            t(
                "自己买的产品、中药或针灸由协调员核实。",
                "Bought products, Chinese medicine or acupuncture go to the coordinator.",
            ),
            (
                said(
                    "treated_before",
                    t("脸上的斑，您以前治过吗？", "Have you ever had the patches treated?"),
                    t(
                        "中药或针灸、自己买的美白护肤品",
                        "Chinese medicine or acupuncture, fade cream I bought",
                    ),
                    "open",
                ),
            ),
        ),
        CriterionView(
            "E14",
            False,
            t(
                "研究者认为不适合参加的其他情况。",
                "Any other reason for which the investigator finds the study unsuitable.",
            ),
            "clinician",
            "investigator",
            t("只能由研究者判断。", "Only the investigator can judge it."),
        ),
    )
