"""What the pages of the scripts are given that no script should be: each is told in a sentence, and nothing breaks."""

import html
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from bot import bootstrap
from bot.bootstrap import shipped
from bot.previews import Previews
from bot.server import web_routes
from bot.service import looks
from bot.service.scripts import Shipped
from bot.staff.flows import MOST_SHOWN
from bot.staff.frame import FORM, LARGEST_BODY, form_token
from tests.service.stage import SMALL, Stage

pytestmark = pytest.mark.asyncio

SCRIPT = SMALL.read_text("utf-8")


class Editor:
    """Somebody with a demonstration open who posts what the pages would post."""

    def __init__(self, stage: Stage, browser: httpx.AsyncClient) -> None:
        self.stage = stage
        self.browser = browser

    async def get(self, path: str, **params: str) -> httpx.Response:
        return await self.browser.get(f"/staff{path}", params={"lang": "en", **params})

    async def post(
        self,
        path: str,
        form: Mapping[str, str] = {},
        files: Mapping[str, Any] | None = None,
        lang: str = "en",
    ) -> httpx.Response:
        if FORM not in self.browser.cookies:
            await self.get("/flows")
        sent = {"form_token": form_token(self.browser.cookies[FORM]), **form}
        return await self.browser.post(f"/staff{path}", data=sent, files=files, params={"lang": lang})

    async def bring(self, source: bytes | str, path: str = "/flows", lang: str = "en") -> httpx.Response:
        source = source.encode() if isinstance(source, str) else source
        return await self.post(path, files={"file": ("flow.yaml", source)}, lang=lang)


def seen_on(page: httpx.Response) -> str:
    """What a card's page brings back of what it showed."""
    return html.unescape(page.text.split('name="seen" value="')[1].split('"')[0])


@pytest_asyncio.fixture
async def editor(tmp_path: Path) -> AsyncIterator[Editor]:
    stage = Stage(tmp_path)
    previews = Previews(stage.app.settings, stage.clock)
    served = httpx.ASGITransport(Starlette(routes=web_routes(stage.app, previews)))
    async with httpx.AsyncClient(transport=served, base_url="http://localhost") as browser:
        yield Editor(stage, browser)
    previews.close()
    stage.stop()


async def test_half_a_character_breaks_no_page_and_can_be_mended_in_the_browser(editor: Editor) -> None:
    odd = SCRIPT.replace("name: {zh: 小研究", 'name: {zh: "小\\ud800研究"').replace(
        "en: How old are you?", 'en: "How old\\0 are you?"'
    )
    assert odd.count("\\") == 2
    assert (await editor.bring(odd)).status_code == 303
    for path in ("", "/small", "/small/file", "/small/versions", "/small/try", "/small/drawing"):
        assert (await editor.get(f"/flows{path}")).status_code == 200, path
    for part, field, better in (
        ("study.study", "name/zh", "小研究"),
        ("question.age", "ask/en", "How old are you?"),
    ):
        page = await editor.get(f"/flows/small/parts/{part}")
        assert page.status_code == 200
        assert "that cannot be seen or kept" in page.text
        seen = seen_on(page)
        tried = await editor.post(f"/flows/small/parts/{part}/try", {"seen": seen, field: better})
        assert tried.status_code == 200
        saved = await editor.post(f"/flows/small/parts/{part}", {"seen": seen, field: better})
        assert saved.status_code == 303
    assert "\\" not in (await editor.get("/flows/small/flow.yaml")).text


async def test_a_request_has_a_largest_size_whoever_sends_it(editor: Editor) -> None:
    huge = b"x" * (LARGEST_BODY + 1)
    for path in ("/flows", "/flows/small/file", "/flows/small/sheet"):
        answer = await editor.bring(huge, path)
        assert answer.status_code == 413, path
        assert "This is too large" in answer.text
        assert "太大" in answer.text
    async with httpx.AsyncClient(
        transport=editor.browser._transport, base_url="http://localhost"
    ) as stranger:
        for path in ("/staff/login", "/staff/logout", "/staff/site/small"):
            assert (await stranger.post(path, files={"file": huge})).status_code == 413, path
            assert (await stranger.post(path, data={"source": huge.decode()})).status_code == 413, path


async def test_a_script_of_the_greatest_length_can_be_saved_from_the_page(editor: Editor) -> None:
    """A form writes a Chinese character with nine."""
    note = "# 很长的说明\n" * 52_000
    longest = (SCRIPT + note).encode()[: 1024 * 1024].decode("utf-8", "ignore")
    answer = await editor.post("/flows/small/file", {"source": longest, "revision": "0"})
    assert answer.status_code == 303
    draft = editor.stage.app.drafts.draft("small")
    assert draft is not None
    assert draft.source == longest.encode()


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("gb18030", "像是用 GBK（ANSI）保存的"), ("utf-16", "是用 UTF-16（“Unicode”）保存的")],
)
async def test_a_file_of_another_encoding_is_told_what_it_is_and_never_offered_for_saving(
    editor: Editor, encoding: str, told: str
) -> None:
    for path in ("/flows", "/flows/small/file"):
        answer = await editor.bring(SCRIPT.encode(encoding), path, lang="zh")
        assert answer.status_code == 422
        assert told in answer.text, path
        assert "�" not in answer.text
        assert "小研究" in answer.text
    assert editor.stage.app.drafts.draft("small") is None


async def test_a_file_that_is_no_text_or_too_big_is_told_so(editor: Editor) -> None:
    for source, told in ((b"\xff\xfe\xfd" * 9, "saved as UTF-16"), (b"# x\n" * 400_000, "at most 1024 KiB")):
        answer = await editor.bring(source, "/flows/small/file")
        assert answer.status_code == 422
        assert told in answer.text


async def test_numbers_that_no_page_makes_up_are_no_numbers(editor: Editor) -> None:
    page = await editor.get("/flows/small/parts/question.age")
    seen = seen_on(page)
    for place in ("9" * 5000, "٣", "-1"):
        step = {"seen": seen, "step": f"up ranges/{place}"}
        assert (await editor.post("/flows/small/parts/question.age", step)).status_code == 409
    form = {"source": SCRIPT, "revision": "9" * 5000}
    assert (await editor.post("/flows/small/file", form)).status_code == 303  # as 0: there is no draft yet


async def test_values_that_double_with_every_line_are_told_and_followed_nowhere(editor: Editor) -> None:
    doubling = "\n".join(f"l{n}: &l{n} [*l{n - 1}, *l{n - 1}]" for n in range(1, 40))
    assert (await editor.bring(f"{SCRIPT}\nl0: &l0 [x, x]\n{doubling}\n")).status_code == 303
    seen = seen_on(await editor.get("/flows/small/parts/question.age"))
    form = {"seen": seen, "help/en": "Full years."}
    tried = await editor.post("/flows/small/parts/question.age/try", form)
    assert "cannot be changed here" in tried.json()["why"]
    assert (await editor.get("/flows/small")).status_code == 200


async def test_a_text_too_long_for_a_workbook_is_told_as_that(editor: Editor) -> None:
    long = SCRIPT.replace("en: How old are you?", f"en: How old are you? {'Say it. ' * 5000}")
    assert (await editor.bring(long)).status_code == 303
    answer = await editor.get("/flows/small/sheet.xlsx")
    assert answer.status_code == 409
    assert "32767" in answer.text
    assert "errors to fix first" not in answer.text.split('role="alert"')[1].split("</p>")[0]


async def test_of_thousands_of_problems_the_first_are_shown(editor: Editor) -> None:
    many = SCRIPT + "".join(f"unknown_{n}: 1\n" for n in range(3000))
    assert (await editor.bring(many)).status_code == 303
    page = await editor.get("/flows/small/file")
    assert page.text.count('<li class="error"') == MOST_SHOWN
    assert "and 2900 more" in page.text


async def test_the_list_of_studies_walks_no_script_and_reads_the_folder_once(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def walked(script: object, today: object) -> None:
        raise AssertionError("the list needs only a name")

    read: list[Path] = []

    def counted(folder: Path) -> dict[str, Shipped]:
        read.append(folder)
        return shipped(folder)

    monkeypatch.setattr(looks, "walk_script", walked)
    monkeypatch.setattr(bootstrap, "shipped", counted)
    page = await editor.get("/flows")
    assert page.status_code == 200
    assert "melasma-exosome" in page.text
    assert "sample-blood-pressure" in page.text
    assert len(read) == 1
