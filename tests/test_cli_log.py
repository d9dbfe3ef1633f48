"""`prescreen leads export`: the file, and each refusal with its sentence."""

# ruff: noqa: F811 (a fixture is a name and an argument)

from pathlib import Path

import pytest

from tests.test_cli import Shell, published, shell, staffed  # noqa: F401


@pytest.fixture
def house(staffed: Shell) -> Shell:
    """Mei is a coordinator, Anna an editor."""
    published(staffed)
    staffed("staff", "add", "mei", "--role", "coordinator")
    return staffed


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("html", b"<!doc")])
def test_the_log_is_written(house: Shell, form: str, begins: bytes) -> None:
    name = f"log.{form}"
    done = house("leads", "export", "--format", form, "-o", name, "--by", "mei", "--study", "small")
    assert done.stdout == f"{name}\n"
    assert (house.folder / name).read_bytes().startswith(begins)
    again = house("leads", "export", "--format", form, "-o", name, "--by", "mei", code=2)
    assert "is there already" in again.stderr


def test_it_is_in_the_language_that_is_asked_for(house: Shell) -> None:
    house("leads", "export", "-o", "log.csv", "--by", "mei", "--language", "zh", "--mask", "5")
    made = Path(house.folder / "log.csv").read_text(encoding="utf-8-sig")
    assert made.startswith("初筛登记表")
    assert "<5" in made


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--by", "anna"], 1, "anna (editor) may not see the prescreening log"),
        (["--by", "nobody"], 1, "prescreen staff add nobody --role coordinator (or auditor)."),
        (["--by", "mei", "--study", "other"], 1, "Nothing is kept of a study other"),
        (["--by", "mei", "--from", "June"], 2, "June is not a day"),
        (
            ["--by", "mei", "--from", "2026-06-02", "--to", "2026-06-01"],
            1,
            "The last day is before the first",
        ),
        (["--by", "mei", "--version", "abc"], 1, "no single version that begins with abc"),
        (["--by", "mei", "--mask", "-1"], 2, "--mask is a whole number"),
        (["--by", "mei", "--format", "pdf"], 2, "--format is one of"),
    ],
)
def test_what_is_wrong_is_said_and_no_file_is_left(
    house: Shell, words: list[str], code: int, said: str
) -> None:
    assert said in house("leads", "export", "-o", "log.csv", *words, code=code).stderr
    assert not (house.folder / "log.csv").exists()


@pytest.mark.parametrize(
    ("words", "role", "chinese"),
    [
        ("leads export -o x", "coordinator (or auditor)", "coordinator（或 auditor）"),
        ("leads export -o x --format fhir", "coordinator (or auditor)", "coordinator（或 auditor）"),
        ("leads report", "coordinator (or auditor)", "coordinator（或 auditor）"),
        ("leads show L-0000-0000", "coordinator", "coordinator"),
        ("audit export -o x", "auditor", "auditor"),
        ("staff link anna", "admin", "admin"),
        ("flows retire abcdef", "approver (or editor)", "approver（或 editor）"),
    ],
)
def test_who_is_not_registered_is_told_the_role_it_needs(
    house: Shell, words: str, role: str, chinese: str
) -> None:
    for language, said in (
        ("en", f"Nobody called lu is registered. First: prescreen staff add lu --role {role}.\n"),
        ("zh", f"没有登记名为 lu 的工作人员。请先运行 prescreen staff add lu --role {chinese}。\n"),
    ):
        assert house(*words.split(), "--by", "lu", language=language, code=1).stderr == said


@pytest.mark.parametrize(("form", "begins"), [("fhir", b"{"), ("redcap", b"PK")])
def test_leads_are_handed_off(house: Shell, form: str, begins: bytes) -> None:
    words = ["--format", form, "-o", "out", "--by", "mei", "--study", "small"]
    house("leads", "export", *words, "--identified", "--purpose", "site_edc")
    assert (house.folder / "out").read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--format", "fhir", "--identified"], 1, "to whom and what for"),
        (["--format", "fhir", "--purpose", "other"], 1, "not told of such a recipient"),
        (["--format", "redcap"], 2, "name it with --study"),
        (["--format", "fhir", "--lead", "L-0"], 1, "no lead or request L-0"),
        (["--format", "fhir", "--mask", "5"], 2, "for the prescreening log"),
        (["--format", "csv", "--identified"], 2, "names nobody"),
        (["--format", "fhir", "--by", "anna"], 1, "anna (editor) may not"),
    ],
)
def test_what_is_not_handed_off_is_said(house: Shell, words: list[str], code: int, said: str) -> None:
    by = [] if "--by" in words else ["--by", "mei"]
    assert said in house("leads", "export", "-o", "out", *by, *words, code=code).stderr
    assert not (house.folder / "out").exists()
