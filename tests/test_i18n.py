"""The interface's own words: both languages complete, the right one for a client."""

from pathlib import Path

import pytest

from bot import i18n
from bot.i18n import Translators, main, problems

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "locales"
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: {language}\\n"\n\n'


@pytest.fixture(scope="module")
def translators() -> Translators:
    return Translators(LOCALES)


def test_the_catalogues_are_complete(capsys: pytest.CaptureFixture[str]) -> None:
    assert problems(ROOT / "bot", LOCALES) == []
    assert main("check") == 0
    assert capsys.readouterr().out == "catalogues: complete\n"


def test_there_are_two_languages(translators: Translators) -> None:
    assert sorted(translators) == ["en", "zh"]
    assert len(translators) == 2
    assert translators["zh"]("Skip") == "跳过"
    assert translators["en"]("Skip") == "Skip"


def test_words_that_no_catalogue_has_stay_as_they_are(translators: Translators) -> None:
    assert translators["zh"]("Not in any catalogue") == "Not in any catalogue"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh", "zh"),
        ("zh-hans", "zh"),
        ("zh-Hant-TW", "zh"),
        ("zh_CN", "zh"),
        ("ZH-cn", "zh"),
        ("en", "en"),
        ("en-GB", "en"),
        ("vi", "en"),
        ("xx-nonsense", "en"),
        ("", "zh"),
    ],
)
def test_a_client_is_spoken_to_in_the_nearest_language(
    translators: Translators, tag: str, language: str
) -> None:
    assert translators.nearest(tag) == language


def catalogue(folder: Path, language: str, entries: str) -> None:
    path = folder / "locales" / language / "LC_MESSAGES" / "prescreen.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER.format(language=language) + entries, encoding="utf-8")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "bot"
    (package / "staff" / "templates").mkdir(parents=True)
    (package / "words.py").write_text('tr(N_("Skip"))\ntr("Call {phone}")\n', encoding="utf-8")
    template = package / "staff" / "templates" / "page.html"
    template.write_text('<h1>{{ tr("Queue") }}</h1>', encoding="utf-8")
    return package


WHOLE = 'msgid "Skip"\nmsgstr "跳过"\n\nmsgid "Call {phone}"\nmsgstr "请打{phone}"\n\nmsgid "Queue"\nmsgstr "队列"\n'


def test_a_whole_catalogue_has_no_problem(package: Path) -> None:
    catalogue(package.parent, "zh", WHOLE)
    assert problems(package, package.parent / "locales") == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("跳过", ""), "not translated to zh: 'Skip'"),
        (('msgid "Skip"', '#, fuzzy\nmsgid "Skip"'), "not translated to zh: 'Skip'"),
        (('msgid "Queue"\nmsgstr "队列"\n', ""), "missing: 'Queue'"),
        (('msgid "Queue"', 'msgid "Leads"\nmsgstr "意向者"\n\nmsgid "Queue"'), "no longer used: 'Leads'"),
        (("请打{phone}", "请打{fone}"), "other placeholders: 'Call {phone}'"),
        (("请打{phone}", "请打电话"), "other placeholders: 'Call {phone}'"),
    ],
)
def test_a_catalogue_that_lags_is_told(package: Path, change: tuple[str, str], problem: str) -> None:
    catalogue(package.parent, "zh", WHOLE.replace(*change))
    (found,) = problems(package, package.parent / "locales")
    assert found.endswith(f"prescreen.po: {problem}")


def test_fuzzy_words_are_not_spoken(package: Path) -> None:
    catalogue(package.parent, "zh", WHOLE.replace('msgid "Skip"', '#, fuzzy\nmsgid "Skip"'))
    assert Translators(package.parent / "locales")["zh"]("Skip") == "Skip"


def test_the_check_fails_when_a_catalogue_lags(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue(package.parent, "zh", WHOLE.replace("跳过", ""))
    monkeypatch.setattr(i18n, "__file__", str(package / "i18n.py"))
    assert main("check") == 1
    assert "not translated to zh" in capsys.readouterr().out


def test_an_update_brings_a_catalogue_up_to_date(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """New words are empty, in English as they stand in the code; old ones go; what was translated stays."""
    catalogue(package.parent, "zh", WHOLE.replace('"Queue"', '"Leads"'))
    catalogue(package.parent, "en", "")
    monkeypatch.setattr(i18n, "__file__", str(package / "i18n.py"))
    assert main("update") == 1
    assert capsys.readouterr().out.count("\n") == 1
    (left,) = problems(package, package.parent / "locales")
    assert left.endswith("zh/LC_MESSAGES/prescreen.po: not translated to zh: 'Queue'")
    translators = Translators(package.parent / "locales")
    assert translators["zh"]("Call {phone}") == "请打{phone}"
    assert translators["en"]("Queue") == "Queue"
