"""Who may import whom: the arrows of the design."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).parents[1] / "bot"
#: part -> the parts of ours it may import. What is not named here (cli, commands, server, bootstrap) knows everything.
ARROWS = {
    "core": set(),
    "reading": {"core"},
    "leads": {"core"},
    "script": {"core", "reading"},  # numbers in words: twelve, 十二
    "i18n": set(),
    "config": set(),
    "service": {"core", "reading", "script", "leads", "i18n"},
    "store": {"core", "leads"},
    "export": {"core", "leads", "script", "i18n"},
    "channels": {"core", "service", "i18n"},
    "staff": {"core", "service", "i18n"},
}
#: Packages that only some parts may touch.
KEPT_APART = {
    "sqlalchemy": {"store", "bootstrap"},
    "alembic": {"store"},
    "telegram": {"channels"},
    "starlette": {"channels", "staff", "server"},
    "transitions": {"core", "script", "leads"},
    "ruamel": {"script", "bootstrap"},
    "chinese_calendar": {"leads"},
    "phonenumbers": {"reading", "staff"},
    "cryptography": {"store"},
    "openpyxl": {"export"},
}
#: What the core would need for a clock, a log, a file, a socket or a database.
NEVER_IN_CORE = {
    "asyncio",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "time",
    "io",
}


def part_of(file: Path) -> str:
    return file.relative_to(BOT).parts[0].removesuffix(".py")


def imports(file: Path) -> Iterator[str]:
    """Every module a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are written in full"
            yield from (f"{node.module}.{name.name}" for name in node.names)


FILES = [
    file for file in sorted(BOT.rglob("*.py")) if part_of(file) != "store" or "versions" not in file.parts
]
ids = [str(file.relative_to(BOT)) for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_a_part_imports_only_what_its_arrows_allow(file: Path) -> None:
    part = part_of(file)
    ours = {name.split(".")[1] for name in imports(file) if name.startswith("bot.")} - {part, "__version__"}
    assert ours <= ARROWS.get(part, ours)
    others = {name.split(".")[0] for name in imports(file)}
    assert {name for name in others & set(KEPT_APART) if part not in KEPT_APART[name]} == set()


@pytest.mark.parametrize("file", sorted((BOT / "core").glob("*.py")), ids=lambda file: file.name)
def test_the_core_is_pure(file: Path) -> None:
    roots = {name.split(".")[0] for name in imports(file)} - {"bot"}
    assert roots <= sys.stdlib_module_names | {"transitions"}
    assert not roots & NEVER_IN_CORE
    asynchronous = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    tree = list(ast.walk(ast.parse(file.read_bytes())))
    assert not [node for node in tree if isinstance(node, asynchronous)]
    clocks = {"now", "today", "utcnow"}
    calls = [node.func for node in tree if isinstance(node, ast.Call)]
    assert not [func for func in calls if isinstance(func, ast.Attribute) and func.attr in clocks]


def test_every_part_has_its_arrows() -> None:
    folders = {path.name for path in BOT.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert folders <= {*ARROWS, "commands"}


def test_importing_everything_does_no_work() -> None:
    """No file is opened for writing, no thread, no socket: modules only define."""
    names = [f"bot.{name.removesuffix('.py').replace('/', '.').removesuffix('.__init__')}" for name in ids]
    names = [name for name in names if not name.endswith(("__main__", "migrations.env", "__init__"))]
    watch = (
        "import sys, threading\n"
        "def watch(event, args):\n"
        "    if event in ('socket.connect', 'socket.bind', 'subprocess.Popen', 'sqlite3.connect'): raise SystemExit(event)\n"
        "    if event == 'open' and isinstance(args[1], str) and set(args[1]) & set('wax+') and '__pycache__' not in str(args[0]): raise SystemExit(f'{event} {args}')\n"
        "sys.dont_write_bytecode = True\n"
        "sys.addaudithook(watch)\n"
        f"for name in {names!r}: __import__(name)\n"
        "assert threading.active_count() == 1\n"
    )
    done = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
