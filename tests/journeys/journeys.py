"""The journeys, each told once for both languages.

The cast: Lin (36) fits everything; Chen is expecting; Wu (62) and Xiao (16) are outside the age limits; Zhao took
the pill; He was treated before; Mei is unsure of much; Anna helps her mother; Gao is in the study already.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.journeys import transcript
from tests.journeys.person import Person

Walk = Callable[[Person], Awaitable[None]]

TELEGRAM, WEB = "telegram", "web"
BOTH = (TELEGRAM, WEB)


@dataclass(frozen=True)
class Case:
    """One journey in one language on one channel."""

    walk: Walk
    channel: str
    language: str
    setting: str

    @property
    def mode(self) -> str:
        """The browser's chat is there in the demonstration only; there the site has set no facts."""
        return "demo" if self.channel == WEB else "live"

    @property
    def about(self) -> str:
        return self.walk.__doc__ or ""

    @property
    def file(self) -> Path:
        return transcript.path(self.channel, self.walk.__name__, self.language)

    def __str__(self) -> str:
        return f"{self.channel}-{self.walk.__name__}-{self.language}"


CASES: list[Case] = []


def journey(
    *channels: str, languages: tuple[str, ...] = ("zh", "en"), setting: str = "open"
) -> Callable[[Walk], Walk]:
    """Makes a function a journey."""

    def keep(walk: Walk) -> Walk:
        CASES.extend(
            Case(walk, channel, language, setting)
            for channel in channels or (TELEGRAM,)
            for language in languages
        )
        return walk

    return keep


# results


@journey(*BOTH)
async def likely_match(lin: Person) -> None:
    """Lin, 36, fits everything and gives her phone number (by Telegram's button, else typed)."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes")
    await lin.say("林女士", "Ms Lin")
    await lin.tap("phone")
    await lin.give_phone()
    await lin.tap("morning")


@journey(setting="short")
async def likely_match_typed_phone(lin: Person) -> None:
    """Lin types her number instead: first one that cannot be, then her own. She gives no name."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes", ".skip", "phone")
    await lin.say("12345")
    await lin.say("138 0013 8000")
    await lin.tap("any")


@journey(*BOTH)
async def needs_review(mei: Person) -> None:
    """Mei, 60, is unsure of some things. The team may write to her in this chat."""
    await mei.begin()
    await mei.answer(
        age=60,
        melasma_dx="no",
        treated_before=["tcm", "cosmetic"],
        hormones="morning_after",
        keloid="self",
        other_spots="unsure",
        organ_disease="skip",
    )
    await mei.tap("finish", "yes")
    await mei.say("梅阿姨", "Auntie Mei")
    await mei.tap("chat", "evening")


@journey()
async def needs_review_doctor_named_both(mei: Person) -> None:
    """A doctor named melasma and another spot disease (X5)."""
    await mei.begin()
    await mei.answer(other_spots="doctor")
    await mei.tap("finish", "yes", ".skip", "chat", "any")


@journey(*BOTH)
async def not_match_pregnant(chen: Person) -> None:
    """Chen is pregnant. The ending names no reason."""
    await chen.begin()
    await chen.answer(pregnant="yes")
    await chen.tap("finish")


@journey()
async def not_match_check(he: Person) -> None:
    """He had laser treatment. He wants a person to look at it, and asks twice."""
    await he.begin()
    await he.answer(treated_before=["laser", "rx_cream"])
    await he.tap("finish", "check")
    await he.tap_old("check")


@journey()
async def not_match_pill(zhao: Person) -> None:
    """Zhao's last pill was in March: the ending says from which day she can look again."""
    await zhao.begin()
    await zhao.answer(hormones="pill", hormones_last="2026-03-05")
    await zhao.tap("finish")


@journey()
async def not_match_pill_still(zhao: Person) -> None:
    """Zhao still takes the pill: there is no date to tell."""
    await zhao.begin()
    await zhao.answer(hormones="pill", hormones_last="current")
    await zhao.tap("finish")


@journey()
async def not_match_over_60(wu: Person) -> None:
    """Wu is 62. The age limits are public, so the ending says them."""
    await wu.begin()
    await wu.say("六十二", "I am 62")
    await wu.tap("finish")


@journey(setting="short")
async def not_interested(lin: Person) -> None:
    """Lin may fit, but does not want to be contacted; then she looks at what is kept and begins again."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "no")
    await lin.say("/mydata")
    await lin.say("/status")
    await lin.tap("again")


# gates


@journey()
async def under_age_at_gate(xiao: Person) -> None:
    """Xiao says at the gate that he is under 18. Nothing is kept."""
    await xiao.say("/start")
    await xiao.tap(xiao.language, "self", "no")


@journey()
async def under_age_typed(xiao: Person) -> None:
    """Xiao, 16, passes the gate, but says his age. After he has confirmed it nothing is kept."""
    await xiao.begin()
    await xiao.say("16岁", "16 years old")
    await xiao.tap("confirm")


@journey()
async def under_age_slip(lin: Person) -> None:
    """Lin types 16 for 36: the slip erases nothing."""
    await lin.begin()
    await lin.say("16")
    await lin.tap("change")
    await lin.say("36")
    await lin.tap("yes")


@journey()
async def under_age_by_edit(xiao: Person) -> None:
    """Xiao changes his age to 17 at the end: everything goes."""
    await xiao.begin()
    await xiao.answer(age=18, face_patches="no")
    await xiao.tap("edit", "age")
    await xiao.say("17")
    await xiao.tap("confirm")
    await xiao.say("你好", "hello")


@journey()
async def for_someone_else(anna: Person) -> None:
    """Anna asks for her mother."""
    await anna.say("/start")
    await anna.tap(anna.language, "other")


@journey()
async def already_enrolled(gao: Person) -> None:
    """Gao is in the study already and feels unwell."""
    await gao.say("/start")
    await gao.tap(gao.language, "enrolled")
    await gao.say("/unwell")


@journey(*BOTH)
async def no_consent_health(lin: Person) -> None:
    """Lin does not agree to the use of her health answers."""
    await lin.say("/start")
    await lin.tap(lin.language, "self", "yes", "decline")


@journey()
async def no_consent_abroad(lin: Person) -> None:
    """Lin does not want her messages to pass abroad, and comes back the same day."""
    await lin.say("/start")
    await lin.tap(lin.language, "self", "yes", "agree", "decline")
    await lin.say("/start")


@journey()
async def gates_back_and_forth(lin: Person) -> None:
    """Lin goes back through every gate and forward again."""
    await lin.say("/start")
    await lin.tap(lin.language, "self", "yes")
    if lin.face.channel == TELEGRAM:
        await lin.tap("agree", ".back")
    await lin.tap(".back", ".back", ".back")
    await lin.say("/back")
    await lin.tap(lin.language, "self", "yes")
    await lin.consent()
    await lin.tap(".back")


@journey()
async def left_before_consent(lin: Person) -> None:
    """Lin stops before she has agreed to anything: there is nothing to delete."""
    await lin.say("/start")
    await lin.tap(lin.language, "self")
    await lin.say("/mydata")
    await lin.say("/stop")


# stopping, pausing, coming back


@journey()
async def stop_midway(lin: Person) -> None:
    """Lin stops after three answers, first by mistake, then in earnest."""
    await lin.begin()
    await lin.answer(until="treated_before")
    await lin.say("/stop")
    await lin.tap("go_on")
    await lin.say("/stop")
    await lin.tap("stop")
    await lin.say("/stop")


@journey()
async def stopped_is_erased_after_a_week(lin: Person) -> None:
    """Nothing is left a week after Lin has stopped."""
    await lin.begin()
    await lin.say("36")
    await lin.say("/stop")
    await lin.tap("stop")
    await lin.wait(7 * 24)
    await lin.say("还在吗", "still there?")


@journey()
async def pause_and_reminder(lin: Person) -> None:
    """Lin pauses, is reminded once after a day, and goes on after another."""
    await lin.begin()
    await lin.answer(until="resurfacing")
    await lin.say("/pause")
    await lin.wait(23)
    await lin.wait(1)
    await lin.wait(24)
    await lin.tap("go_on", "no")


@journey()
async def reminded_without_a_pause(lin: Person) -> None:
    """Lin just stays away; the reminder repeats the question. She comes back by /start."""
    await lin.begin()
    await lin.say("36")
    await lin.wait(24)
    await lin.say("/start")
    await lin.tap("yes")


@journey()
async def not_reminded_before_consent(lin: Person) -> None:
    """Without consent there is no reminder, and after a day no trace."""
    await lin.say("/start")
    await lin.tap(lin.language, "self")
    await lin.wait(24)
    await lin.tap_old("self")


@journey()
async def restart_midway(lin: Person) -> None:
    """Lin wants to begin from the beginning; the first run counts as stopped."""
    await lin.begin()
    await lin.answer(until="treated_before")
    await lin.say("/restart")
    await lin.tap("go_on")
    await lin.say("/restart")
    await lin.tap("restart", "self", "yes")
    await lin.consent()


# going back, changing answers


@journey()
async def back_and_forth(lin: Person) -> None:
    """Lin goes back two questions and on to where she was, then back one and changes that."""
    await lin.begin()
    await lin.answer(until="treated_before", melasma_dx="no")
    await lin.tap(".back", ".back", "yes")
    await lin.say("/back")
    await lin.tap("unsure")
    await lin.answer(until="other_trial")


@journey(*BOTH)
async def edit_mistap(lin: Person) -> None:
    """Lin tapped the wrong button; checking her answers she puts it right, and the questions go on."""
    await lin.begin()
    await lin.answer(resurfacing="clinic")
    await lin.tap("edit", ".back", "edit", "resurfacing", "no")
    await lin.answer(pregnant="yes")
    await lin.tap("finish")


@journey()
async def edit_removes_follow_up(lin: Person) -> None:
    """Pregnancy becomes “does not apply”: the answer about breastfeeding goes."""
    await lin.begin()
    await lin.answer(avoid_cosmetic="no")
    await lin.tap("edit", "pregnant", "na", "finish")


@journey()
async def edit_opens_follow_up(zhao: Person) -> None:
    """Zhao remembers the pill at the end: its date is asked before the result."""
    await zhao.begin()
    await zhao.answer()
    await zhao.tap("edit", "hormones", "pill")
    await zhao.say("2025年6月", "2025/6")
    await zhao.tap("finish")


@journey(*BOTH)
async def several_treatments(he: Person) -> None:
    """He ticks and unticks several treatments, then says never besides one: asked once more, and changed (X1)."""
    await he.begin()
    await he.answer(until="treated_before")
    await he.tap("none", "tcm", ".done", "change")
    await he.tap("none", "cosmetic", "cosmetic", ".done")
    await he.answer(until="other_trial", resurfacing="home")


@journey()
async def contradiction_kept(he: Person) -> None:
    """He stays with “never” besides a treatment: a person will look at it (X1)."""
    await he.begin()
    await he.answer(until="treated_before")
    await he.tap("none", "laser", ".done", "keep")
    await he.answer(avoid_cosmetic="no")
    await he.tap("finish")


# typing


@journey()
async def typed_answers(lin: Person) -> None:
    """Lin types everything: words of buttons, numbers of buttons, several at once."""
    await lin.say("/start")
    await lin.type("中文", "english")
    await lin.type("为自己", "for myself.")
    await lin.type("1", "1")
    await lin.type("我同意", "I agree")
    if lin.face.channel == TELEGRAM:
        await lin.type("1", "1")
    await lin.type("３６", "I'm 36")
    await lin.type("有", "yes")
    await lin.type("2", "2")
    await lin.type("5，6", "5, 6")
    await lin.type("没做过。", " NO ")
    await lin.type("跳过", "skip")
    await lin.type("2", "2")


@journey()
async def age_picker(lin: Person) -> None:
    """Two texts that are no age, then the picker: decade, year."""
    await lin.begin()
    await lin.say("不告诉你", "none of your business")
    await lin.say("1990")
    await lin.tap(".tens:30", ".number:36")


@journey()
async def age_typed_at_the_picker(lin: Person) -> None:
    """Lin has the buttons before her and types her age after all."""
    await lin.begin()
    await lin.say("不告诉你", "none of your business")
    await lin.say("三十多", "thirty something")
    await lin.say("三十六岁", "36")


@journey()
async def month_picker(zhao: Person) -> None:
    """Zhao does not write a date: after two texts only buttons are there, a year and a month."""
    await zhao.begin()
    await zhao.answer(until="hormones_last", hormones="hrt")
    await zhao.say("去年夏天吧", "last summer maybe")
    await zhao.say("2027-01-01")
    await zhao.tap(".year:2025", ".month:2025-05")


@journey()
async def month_picker_at_once(zhao: Person) -> None:
    """Zhao asks for the buttons herself; it was before the years they show."""
    await zhao.begin()
    await zhao.answer(until="hormones_last", hormones="pill")
    await zhao.tap(".pick", ".before:2022")


@journey()
async def not_understood(mei: Person) -> None:
    """Three texts that nobody could read bring the offer of a person, the fourth leaves the question open."""
    await mei.begin()
    await mei.say("嗯……", "hm")
    await mei.say("不好说", "hard to say")
    await mei.say("就那样", "so so")
    await mei.say("算了", "never mind")
    await mei.say("也许吧", "maybe")
    await mei.say("有一点", "a bit")
    await mei.say("看情况", "it depends")
    await mei.tap(".human", "unsure")


@journey()
async def unsure_in_a_row(mei: Person) -> None:
    """Five answers in a row are skipped or not sure: a person is offered, once (X9)."""
    await mei.begin()
    await mei.tap(".skip", "unsure", ".skip", "unsure", ".done", ".skip", ".skip", ".skip")


@journey()
async def question_help(lin: Person) -> None:
    """Lin reads the help of two questions, one of them with ticks."""
    await lin.begin()
    await lin.tap(".help")
    await lin.answer(until="treated_before")
    await lin.tap("tcm", ".help", ".done")


# languages


@journey()
async def language_changed(lin: Person) -> None:
    """Lin changes the language in the middle of a question, and again at the end; nothing is lost."""
    other = "en" if lin.language == "zh" else "zh"
    await lin.begin()
    await lin.answer(until="treated_before")
    await lin.tap("tcm")
    await lin.say("/language")
    await lin.tap(other)
    await lin.tap(".done")
    await lin.say("/language")
    await lin.tap(lin.language)
    await lin.answer(resurfacing="clinic")
    await lin.tap("finish")
    await lin.say("/language")
    await lin.tap(other)
    await lin.say("/status")


@journey()
async def language_not_the_phones(lin: Person) -> None:
    """Lin's phone speaks another language than she; the first tap changes it."""
    lin.face.language = "en" if lin.language == "zh" else "zh"
    await lin.say("/start")
    await lin.tap(lin.language, "self")


# commands


@journey()
async def commands_before_consent(lin: Person) -> None:
    """Everything one can ask before anything is kept."""
    await lin.say("/start")
    for command in ("help", "privacy", "status", "mydata", "human", "pause"):
        await lin.say(f"/{command}")
    await lin.tap("go_on")
    await lin.say("/nonsense")
    await lin.say("/delete")
    await lin.tap("keep")
    await lin.say("/restart")


@journey()
async def commands_midway(lin: Person) -> None:
    """Everything one can ask in the middle of the questions; the question comes back each time."""
    await lin.begin()
    await lin.answer(until="treated_before")
    for command in ("help", "privacy", "status", "mydata", "human"):
        await lin.say(f"/{command}")
    await lin.say("/unwell")
    await lin.tap("go_on", "none", ".done")


@journey(setting="short")
async def commands_while_checking(lin: Person) -> None:
    """The same where the answers are checked and where the contact is asked for."""
    await lin.begin()
    await lin.answer()
    await lin.say("/status")
    await lin.say("/back")
    await lin.tap("no", "finish")
    await lin.say("/status")
    await lin.say("/back")
    await lin.tap("yes")
    await lin.say("/mydata")
    await lin.tap(".back", "yes", ".skip", ".back")


@journey()
async def commands_after_the_end(chen: Person) -> None:
    """Everything one can ask when all is over."""
    await chen.begin()
    await chen.answer(face_patches="no")
    await chen.tap("finish")
    for command in ("status", "pause", "stop", "human", "help"):
        await chen.say(f"/{command}")
    await chen.say("谢谢", "thank you")
    await chen.say("/back")
    await chen.tap("go_on")


# what comes before everything


@journey()
async def emergency_before_consent(lin: Person) -> None:
    """An emergency at the first question of all."""
    await lin.say("/start")
    await lin.say("我现在胸口好痛", "I have chest pain right now")
    await lin.tap("go_on")


@journey()
async def emergency_midway(lin: Person) -> None:
    """An emergency and a cry for help in the middle; each comes before the question, which waits."""
    await lin.begin()
    await lin.say("36")
    await lin.say("喘不上气", "I can't breathe")
    await lin.say("不想活了", "I want to die")
    await lin.tap("go_on", "yes")


@journey(setting="short")
async def self_harm_as_name(lin: Person) -> None:
    """Words of self-harm where a name is asked for are not a name."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes")
    await lin.say("我不想活了", "I want to kill myself")
    await lin.tap("go_on")
    await lin.say("林", "Lin")


@journey()
async def emergency_after_the_end(chen: Person) -> None:
    """When all is over the safety words are heard still, and feeling ill makes an urgent request."""
    await chen.begin()
    await chen.answer(face_patches="no")
    await chen.tap("finish")
    await chen.say("救命", "call an ambulance")
    await chen.say("想自杀", "suicide")
    await chen.say("做完激光后不舒服", "side effects from the study")


@journey(setting="short")
async def photo_refused(lin: Person) -> None:
    """Photos are refused at a gate, at a question, where a name is asked for and at the end."""
    await lin.say("/start")
    await lin.send_photo()
    await lin.tap(lin.language, "self", "yes", "agree", "agree")
    await lin.send_photo()
    await lin.answer()
    await lin.tap("finish", "yes")
    await lin.send_photo()
    await lin.tap(".skip", "chat", "any")
    await lin.send_photo()


# buttons that are no more


@journey()
async def old_buttons(lin: Person) -> None:
    """Buttons of answered questions, of another screen, and two quick presses: nothing is recorded twice."""
    await lin.begin()
    await lin.say("36")
    await lin.tap_twice("yes")
    await lin.tap_old("no")
    await lin.tap_old("agree")
    await lin.say("/help")
    await lin.tap_old("yes")
    await lin.tap("yes")


@journey()
async def old_buttons_of_a_past_chat(lin: Person) -> None:
    """A button of a conversation of which nothing is kept."""
    await lin.say("/start")
    await lin.tap(lin.language, "self", "no")
    await lin.tap_old("yes", "18")


# deleting


@journey()
async def delete_midway(lin: Person) -> None:
    """Lin deletes everything in the middle, after she has thought twice."""
    await lin.begin()
    await lin.answer(until="other_trial")
    await lin.say("/delete")
    await lin.tap("keep")
    await lin.say("/delete")
    await lin.tap("delete_all")
    await lin.say("还在吗", "still there?")


@journey(setting="short")
async def delete_at_the_end(lin: Person) -> None:
    """Lin stands in the queue and deletes everything, her contact with it."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes")
    await lin.say("林女士", "Ms Lin")
    await lin.tap("phone")
    await lin.give_phone()
    await lin.tap("any")
    await lin.say("/mydata")
    await lin.say("/delete")
    await lin.tap("delete_all")


@journey()
async def delete_after_not_match(chen: Person) -> None:
    """The button under the ending."""
    await chen.begin()
    await chen.answer(face_patches="no")
    await chen.tap("finish", "delete", "delete_all")


# again


@journey()
async def retake_with_another_answer(he: Person) -> None:
    """He failed by an earlier treatment and denies it the second time: noted for the coordinator (X8)."""
    await he.begin()
    await he.answer(treated_before=["laser"])
    await he.tap("finish")
    await he.begin_again()
    await he.answer(pregnant="na")
    await he.tap("finish", "yes", ".skip", "chat", "weekend")


@journey(setting="short")
async def second_run_joins_the_lead(lin: Person) -> None:
    """Lin stands in the queue and answers once more: her place stays, the new answers are added."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes")
    await lin.say("林女士", "Ms Lin")
    await lin.tap("chat", "any")
    await lin.begin_again()
    await lin.answer(sleep="unsure")
    await lin.tap("finish")


@journey(setting="short")
async def second_run_fails(lin: Person) -> None:
    """Lin stands in the queue and her second run does not fit: the team sees it, and she still has her place."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes", ".skip", "chat", "any")
    await lin.begin_again()
    await lin.answer(nights="yes")
    await lin.tap("finish")
    await lin.say("/status")
    await lin.say("/stop")
    await lin.tap("keep", "change_time", "evening")


@journey(setting="short")
async def second_run_stopped(lin: Person) -> None:
    """Lin stands in the queue, begins once more and stops: her place stays."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes", ".skip", "chat", "any")
    await lin.begin_again()
    await lin.say("/stop")
    await lin.tap("stop")
    await lin.say("/status")
    await lin.tap("queue")


@journey(setting="short")
async def second_run_left_at_a_gate(lin: Person) -> None:
    """Lin stands in the queue, begins once more for her mother: nothing is kept of that, and her place stays."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes", ".skip", "chat", "any", "again", "restart", "other", "queue")


@journey(setting="short")
async def contact_changed(lin: Person) -> None:
    """Lin changes the time, then gives a phone number after all, and goes back once without a change."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes")
    await lin.say("林女士", "Ms Lin")
    await lin.tap("chat", "any", "change_time", "evening", "change_phone", ".back", "change_phone")
    await lin.give_phone()
    await lin.tap("change_phone")
    await lin.say("+86 139 0013 9000")


@journey(setting="short")
async def contact_withdrawn(lin: Person) -> None:
    """Lin does not want to be contacted any more; her answers stay for their time, her name goes at once."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes")
    await lin.say("林女士", "Ms Lin")
    await lin.tap("phone")
    await lin.give_phone()
    await lin.tap("any", "withdraw", "keep", "withdraw", "withdraw")
    await lin.say("/mydata")


# several studies


@journey(setting="two studies")
async def study_chosen(lin: Person) -> None:
    """Two studies are open; Lin chooses one."""
    await lin.say("/start")
    await lin.tap(lin.language, "sleep", "self", "yes")
    await lin.consent()
    await lin.tap("yes", "no", "finish", "no")


@journey(setting="two studies")
async def study_by_link(lin: Person) -> None:
    """A poster's link names the study and where it hung; midway another link leads to the other study."""
    await lin.begin("/start melasma-exosome-poster3")
    await lin.say("36")
    await lin.say("/start sleep-leaflet")
    await lin.tap("go_on")
    await lin.say("/start sleep-leaflet")
    await lin.tap("switch", "self", "yes")
    await lin.consent()
    await lin.tap("yes")
    await lin.say("/delete")
    await lin.tap("delete_study")


# messages between the team and a lead's person


async def _to_the_queue(lin: Person) -> None:
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes", ".skip", "chat", "any")


@journey(*BOTH, setting="with the team")
async def team_and_person_write(lin: Person) -> None:
    """The team writes, Lin replies; later she writes by herself, in two messages. /mydata shows it."""
    await _to_the_queue(lin)
    await lin.hears("您好，周五可以来吗？", "Hello, could you come on Friday?")
    await lin.reply()
    await lin.say("周五可以，上午最好。", "Friday is fine, best in the morning.")
    await lin.tap("pass_on")
    await lin.say("还想问一下", "One more thing")
    await lin.say("要空腹吗？", "Do I come on an empty stomach?")
    await lin.tap("pass_on")
    await lin.say("/mydata")


@journey(setting="with the team")
async def team_writes_at_night(lin: Person) -> None:
    """A message of the evening comes at nine, and Lin's own conversation goes on meanwhile."""
    await _to_the_queue(lin)
    await lin.wait(12)
    await lin.hears("明天方便接电话吗？", "May we call you tomorrow?")
    await lin.say("/status")
    await lin.wait(12)
    await lin.reply()
    await lin.tap(".back")


@journey(setting="with the team")
async def person_keeps_it_to_herself(lin: Person) -> None:
    """Lin types and changes her mind; a command in between drops the words too."""
    await _to_the_queue(lin)
    await lin.say("我有点担心", "I am a little worried")
    await lin.tap("no")
    await lin.say("我有点担心", "I am a little worried")
    await lin.say("/language")
    await lin.tap(lin.language)


@journey(setting="with the team")
async def emergency_in_a_reply(lin: Person) -> None:
    """Words of an emergency are answered first, always, and not passed on."""
    await _to_the_queue(lin)
    await lin.hears("您好，周五可以来吗？", "Hello, could you come on Friday?")
    await lin.reply()
    await lin.say("我胸口好痛", "I have chest pain")
    await lin.tap(".back")


@journey(setting="with the team")
async def withdraws_after_writing(lin: Person) -> None:
    """With who she is her messages go. The team's old button leads nowhere, and what waited does not come."""
    await _to_the_queue(lin)
    await lin.hears("您好，周五可以来吗？", "Hello, could you come on Friday?")
    await lin.reply()
    await lin.say("好的，谢谢", "Yes, thank you")
    await lin.tap("pass_on")
    await lin.wait(12)
    await lin.hears("明天见", "See you tomorrow")
    await lin.tap("withdraw", "withdraw")
    await lin.wait(12)
    await lin.reply()


@journey(setting="with the team")
async def erased_after_writing(lin: Person) -> None:
    """Nothing of the messages stays."""
    await _to_the_queue(lin)
    await lin.say("周五可以来", "I can come on Friday")
    await lin.tap("pass_on")
    await lin.say("/delete")
    await lin.tap("delete_all")


# recruiting


@journey(setting="nothing approved")
async def closed(lin: Person) -> None:
    """No flow is approved: there is nothing to ask, but safety words are heard."""
    await lin.say("/start")
    await lin.say("胸口好痛", "chest pain")
    await lin.say("/human")


@journey(setting="not recruiting")
async def not_recruiting(lin: Person) -> None:
    """The flow is approved, but nobody has confirmed that the study recruits."""
    await lin.say("/start")
    await lin.tap(lin.language)


@journey()
async def recruiting_stops_midway(lin: Person) -> None:
    """Recruiting ends while Lin answers; at her next turn the chat ends kindly."""
    await lin.begin()
    await lin.answer(until="treated_before")
    await lin.site("recruiting", "no")
    await lin.tap("none")
    await lin.say("/start")


@journey()
async def recruiting_stops_before_consent(lin: Person) -> None:
    """Recruiting ends while Lin reads the notice."""
    await lin.say("/start")
    await lin.tap(lin.language, "self", "yes")
    await lin.site("recruiting", "no")
    await lin.tap("agree")


@journey(setting="short")
async def recruiting_stops_in_the_queue(lin: Person) -> None:
    """Who stands in the queue stays there, and can change the time."""
    await lin.begin()
    await lin.answer()
    await lin.tap("finish", "yes", ".skip", "chat", "any")
    await lin.site("recruiting", "no")
    await lin.tap("change_time", "weekend")
    await lin.say("/restart")


#: What is told apart by words alone: on another database nothing else would be seen.
ABOUT_WORDS = {
    needs_review_doctor_named_both,
    not_match_pill_still,
    not_match_over_60,
    gates_back_and_forth,
    back_and_forth,
    edit_opens_follow_up,
    contradiction_kept,
    several_treatments,
    typed_answers,
    age_picker,
    age_typed_at_the_picker,
    month_picker,
    month_picker_at_once,
    not_understood,
    unsure_in_a_row,
    question_help,
    language_changed,
    language_not_the_phones,
    commands_before_consent,
    commands_midway,
    commands_while_checking,
    emergency_before_consent,
    self_harm_as_name,
    photo_refused,
}
