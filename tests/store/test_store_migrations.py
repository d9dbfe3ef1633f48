"""Tables come from migrations alone, and a database that is not ours to use is refused with a reason."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from bot.bootstrap import open_database
from bot.config import Settings
from bot.store.database import Trouble, _alembic, check_key, connect, served_alone, upgrade
from bot.store.records import Records
from bot.store.tables import metadata
from bot.store.vault import Vault, new_keys, read_keys


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True, "render_as_batch": True}
    )
    return list(compare_metadata(context, metadata))


def test_the_migrations_make_exactly_the_tables(empty_url: str) -> None:
    engine = connect(empty_url)
    upgrade(engine)
    with engine.connect() as connection:
        assert differences(connection) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_the_comparison_would_find_a_difference(empty_url: str) -> None:
    engine = connect(empty_url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE timers ADD COLUMN odd INTEGER"))
    with engine.connect() as connection:
        assert len(differences(connection)) == 1
    engine.dispose()


def test_an_upgrade_again_changes_nothing(empty_url: str) -> None:
    engine = connect(empty_url)
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        assert len(connection.execute(text("SELECT version_num FROM alembic_version")).all()) == 1
    engine.dispose()


def test_what_waits_in_a_database_of_the_first_version_is_still_sent(empty_url: str) -> None:
    engine = connect(empty_url)
    command.upgrade(_alembic(engine), "0001")
    vault = Vault(read_keys(new_keys()))
    place = vault.lookup("chat", "telegram:4711")
    row = {
        "channel": "telegram",
        "chat_hash": place,
        "address": vault.seal(b"4711", f"outbox.address:{place.hex()}"),
        "content": vault.seal(b'{"op": "send"}', f"outbox.content:{place.hex()}"),
        "now": "2026-06-15 02:00:00+00:00",
    }
    columns = "channel, chat_hash, address, content, op, prompt, ref, created_at, tries, not_before"
    values = ":channel, :chat_hash, :address, :content, 'send', 1, '', :now, 3, :now"
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO outbox ({columns}) VALUES ({values})"), row)
    upgrade(engine)
    with engine.begin() as connection:
        (head,) = Records(connection, vault).heads("telegram", datetime(2026, 6, 15, 3, tzinfo=UTC), 10)
    assert (head.address, head.content, head.tries, head.refusals) == ("4711", {"op": "send"}, 3, 0)
    engine.dispose()


def test_what_was_published_before_there_was_a_choice_lets_running_chats_continue(empty_url: str) -> None:
    engine = connect(empty_url)
    command.upgrade(_alembic(engine), "0002")
    now = "2026-06-15 02:00:00+00:00"
    with engine.begin() as connection:
        version = "INSERT INTO versions (hash, study, source, added_by, added_at) VALUES ('a', 's', :x, 'anna', :now)"
        connection.execute(text(version), {"x": b"x", "now": now})
        row = "INSERT INTO publications (study, version, published_by, at) VALUES ('s', 'a', 'bob', :now)"
        connection.execute(text(row), {"now": now})
    upgrade(engine)
    with engine.begin() as connection:
        records = Records(connection, Vault(read_keys(new_keys())))
        (row_,) = records.publications("s")
        assert records.published() == {"s": "a"}
    assert (row_.running, row_.how) == ("continue", "published")
    engine.dispose()


def test_the_tables_can_be_taken_back_to_the_first_version(empty_url: str) -> None:
    engine = connect(empty_url)
    upgrade(engine)
    command.downgrade(_alembic(engine), "0001")
    upgrade(engine)
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused(empty_url: str) -> None:
    engine = connect(empty_url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Trouble) as caught:
        upgrade(engine)
    assert (caught.value.reason, caught.value.detail) == ("newer_database", "9999")
    engine.dispose()


def test_a_database_is_opened_only_with_its_own_key(empty_url: str) -> None:
    engine = connect(empty_url)
    upgrade(engine)
    keys = new_keys()
    for _ in range(2):
        check_key(engine, Vault(read_keys(keys)))
    with pytest.raises(Trouble) as caught:
        check_key(engine, Vault(read_keys(new_keys())))
    assert caught.value.reason == "wrong_key"
    check_key(engine, Vault(read_keys(keys)))
    engine.dispose()


def test_a_rotated_key_still_opens_what_the_old_one_sealed(empty_url: str) -> None:
    engine = connect(empty_url)
    upgrade(engine)
    old = new_keys()
    check_key(engine, Vault(read_keys(old)))
    fresh = new_keys().splitlines()[0].replace("k1:", "k2:")
    check_key(engine, Vault(read_keys(f"{fresh}\n{old}")))
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("not an address", "bad_database_url"),
        ("mongodb://host/name", "bad_database_url"),
        ("postgresql://user:secret@127.0.0.1:1/name", "unreachable_database"),
        ("postgresql+psycopg://user:secret@127.0.0.1:1/name", "unreachable_database"),
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(Trouble) as caught:
        upgrade(connect(url))
    assert caught.value.reason == reason
    assert "secret" not in caught.value.detail


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "prescreen.db"
    path.write_text("这不是数据库。" * 500, encoding="utf-8")
    with pytest.raises(Trouble) as caught:
        upgrade(connect(f"sqlite:///{path}"))
    assert (caught.value.reason, caught.value.detail) == ("damaged_database", str(path))


@pytest.mark.parametrize("place", ["file/prescreen.db", "nowhere/prescreen.db"])
def test_an_address_in_a_folder_that_is_not_there_is_refused_and_makes_none(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    url = f"sqlite:///{tmp_path / place}"
    for use in (connect, lambda url: served_alone(url).__enter__()):
        with pytest.raises(Trouble) as caught:
            use(url)
        assert (caught.value.reason, caught.value.detail) == ("no_folder", str((tmp_path / place).parent))
    assert not (tmp_path / "nowhere").exists()


# the key of the embedded default


def settings(tmp_path: Path, **more: object) -> Settings:
    return Settings(data_dir=tmp_path / "data", _env_file=None, **more)  # type: ignore[arg-type,call-arg]


def test_the_embedded_default_makes_its_own_key_once(tmp_path: Path) -> None:
    database, made = open_database(settings(tmp_path))
    database.engine.dispose()
    key = tmp_path / "data" / "key"
    assert made
    assert key.stat().st_mode & 0o777 == 0o600
    database, made = open_database(settings(tmp_path))
    database.engine.dispose()
    assert not made


def test_a_database_without_its_key_is_not_given_a_new_one(tmp_path: Path) -> None:
    open_database(settings(tmp_path))[0].engine.dispose()
    (tmp_path / "data" / "key").unlink()
    with pytest.raises(Trouble) as caught:
        open_database(settings(tmp_path))
    assert caught.value.reason == "missing_key"
    assert not (tmp_path / "data" / "key").exists()


@pytest.mark.parametrize(
    ("text_", "reason"),
    [
        ("", "unreadable_key"),
        ("nonsense", "unreadable_key"),
        ("k1:c2hvcnQ=", "unreadable_key"),
        ("k1:***", "unreadable_key"),
        (new_keys().splitlines()[0], "unreadable_key"),  # no lookup
        (new_keys().splitlines()[1], "unreadable_key"),  # only lookup
        (new_keys() + new_keys(), "unreadable_key"),  # the same names twice
        (":" + new_keys(), "unreadable_key"),
        (new_keys(), "wrong_key"),
    ],
    ids=[
        "empty",
        "nonsense",
        "short",
        "not base64",
        "no lookup",
        "only lookup",
        "twice",
        "no name",
        "another",
    ],
)
def test_a_key_that_does_not_fit_is_refused(tmp_path: Path, text_: str, reason: str) -> None:
    open_database(settings(tmp_path))[0].engine.dispose()
    for more in ({"key": text_}, {"key_file": tmp_path / "other"}):
        (tmp_path / "other").write_text(text_, encoding="utf-8")
        with pytest.raises(Trouble) as caught:
            open_database(settings(tmp_path, **more))
        assert caught.value.reason == reason


def test_a_key_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path, reason in [(tmp_path, "unreadable_key"), (tmp_path / "nowhere", "missing_key")]:
        with pytest.raises(Trouble) as caught:
            open_database(settings(tmp_path, key_file=path))
        assert caught.value.reason == reason
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Trouble) as caught:
        open_database(settings(tmp_path, key_file=binary))
    assert caught.value.reason == "unreadable_key"


def test_a_server_database_needs_a_key_from_outside(tmp_path: Path) -> None:
    with pytest.raises(Trouble) as caught:
        open_database(settings(tmp_path, database_url="postgresql://user@127.0.0.1:1/name"))
    assert caught.value.reason == "missing_key"


def test_one_process_serves_an_embedded_database_whatever_name_it_gives_it(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "data")
    (tmp_path / "data").mkdir()
    url = f"sqlite:///{tmp_path / 'data' / 'prescreen.db'}"
    other_names = (
        url,
        f"sqlite:///{tmp_path}/link/prescreen.db",
        f"sqlite:///{tmp_path}/x/../data/prescreen.db",
    )
    with served_alone(url):
        for name in other_names:
            with pytest.raises(Trouble) as caught, served_alone(name):
                pass
            assert caught.value.reason == "already_serving"
        with served_alone(f"{url}2"):
            pass
    for name in other_names:
        with served_alone(name):
            pass


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://anna@host/name"])
def test_a_database_without_a_file_may_be_served_by_many(url: str) -> None:
    with served_alone(url), served_alone(url):
        pass


def test_an_address_that_cannot_be_read_cannot_be_served() -> None:
    with pytest.raises(Trouble) as caught, served_alone("my database"):
        pass
    assert caught.value.reason == "bad_database_url"
