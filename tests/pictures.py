"""Takes the README's pictures: `python -m tests.pictures` walks the demonstration in a real browser."""

import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def demonstration() -> Iterator[str]:
    """The address of a running demonstration on an empty store."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "bot", "demo", "--port", str(port)]
        environment = {"PRESCREEN_DATA_DIR": folder, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            found = re.search(r"http://\S+?:\d+", process.stdout.readline())
            assert found is not None
            try:
                yield found[0]
            finally:
                process.terminate()


class Chat:
    """One person at the chat page, answering in one language."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        self.page = page
        page.goto(f"{address}/chat?lang={language}&start=melasma-exosome")

    def press(self, label: str) -> None:
        button = self.page.get_by_role("button", name=label, exact=True).last
        button.click()
        self.page.get_by_text(f"✓ {label}").last.wait_for()

    def tick(self, label: str) -> None:
        self.page.get_by_role("button", name=f"☐ {label}", exact=True).click()
        self.page.get_by_role("button", name=f"☑ {label}", exact=True).wait_for()

    def write(self, text: str, read_as: str = "") -> None:
        box = self.page.get_by_role("textbox")
        box.fill(text)
        box.press("Enter")
        self.page.get_by_text(f"✓ {read_as or text}").last.wait_for()


def answer_all(chat: Chat, changes: dict[str, object]) -> None:
    """Give the answers of the rehearsal `clean-woman` in English, with changes, until the check list."""
    read = YAML(typ="safe", pure=True).load
    folder = ROOT / "flows" / "melasma-exosome"
    flow = read((folder / "flow.yaml").read_text("utf-8"))
    cases = read((folder / "rehearsals" / "clean.yaml").read_text("utf-8"))
    answers = {**next(case for case in cases if case["id"] == "clean-woman")["answers"], **changes}
    asked = [question for question in flow["questions"] if question["id"] in answers]
    for number, question in enumerate(asked, 1):
        chat.page.get_by_text(f"Question {number} of").wait_for()
        value = answers[question["id"]]
        if question["kind"] == "number":
            chat.write(str(value))
            continue
        options = question["options"]
        options = flow["answer_sets"][options] if isinstance(options, str) else options
        labels = {option["code"]: option["label"]["en"] for option in options}
        if question["kind"] == "multi":
            for code in value:
                chat.tick(labels[code])
            chat.page.get_by_role("button", name="Done").click()
        else:
            chat.page.get_by_role("button", name=labels[value], exact=True).last.click()


def main() -> None:
    """Write every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        phone = {"width": 390, "height": 700}
        chinese = browser.new_page(
            viewport=phone, locale="zh-CN", device_scale_factor=2, reduced_motion="reduce"
        )
        chat = Chat(chinese, address, "zh")
        for label in ("中文", "为自己", "已满18周岁", "我同意"):
            chat.press(label)
        chat.write("36")
        chat.press("有")
        chinese.get_by_text("第3题").wait_for()
        chinese.mouse.move(0, 0)  # a button under the mouse looks like a choice
        chinese.screenshot(path=PICTURES / "chat.png")
        for number, changes in enumerate(({}, {"keloid": "self", "photo_drugs": "yes"})):
            english = browser.new_page(viewport=phone, locale="en-US")
            talk = Chat(english, address, "en")
            for label in ("English", "For myself", "18 or older", "I agree"):
                talk.press(label)
            answer_all(talk, changes)
            talk.press("All correct, see the result")
            talk.press("Yes, you may contact me")
            talk.write("Ms Lin")
            talk.press("By phone")
            talk.write("13800138000", "+8613800138000")
            talk.press(("Weekday evenings", "Any time")[number])
            english.get_by_text("Your reference code").wait_for()
        chat.page.get_by_role("textbox").fill("/unwell")
        chat.page.get_by_role("textbox").press("Enter")
        chinese.get_by_text("这里是演示").last.wait_for()
        queue = browser.new_page(
            viewport={"width": 1040, "height": 620}, locale="zh-CN", device_scale_factor=2
        )
        queue.goto(f"{address}/staff")
        queue.screenshot(path=PICTURES / "queue.png")
        queue.get_by_role("link", name=re.compile("^L-")).first.click()
        queue.get_by_role("button", name="我来联系").click()
        queue.get_by_role("button", name="放回队列").wait_for()
        queue.screenshot(path=PICTURES / "lead.png")
        queue.goto(f"{address}/staff/reports")
        queue.locator(".picture svg").nth(1).scroll_into_view_if_needed()
        queue.screenshot(path=PICTURES / "reports.png")
        card = browser.new_page(
            viewport={"width": 1040, "height": 700}, locale="zh-CN", device_scale_factor=2
        )
        card.goto(f"{address}/staff/flows/melasma-exosome/parts/question.age")
        card.locator("[name='ranges/1/to']").fill("58")
        card.locator("#card li.error").first.wait_for()
        card.evaluate("document.getElementById('ranges/1').scrollIntoView()")
        card.screenshot(path=PICTURES / "card.png")
        browser.close()


if __name__ == "__main__":
    main()
