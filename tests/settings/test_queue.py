"""The setting queue: a file, or the URL of a database, whose password nobody sees."""

import logging
from pathlib import Path

import pytest

from tests.settings.conftest import Load
from tracker_bridge.logs import configure_logging
from tracker_bridge.setting_types.databases import DatabaseUrl
from tracker_bridge.settings import BadSettings, Settings, secrets

PASSWORD = "s3cret%2Fof-the-tests"
URL = f"postgresql://bridge:{PASSWORD}@db.example.org:6432/incidents"


@pytest.mark.parametrize("text", ["queue.sqlite3", "/var/lib/q", "./a=b", "~/queue"])
def test_a_path_is_a_file(read: Load, text: str) -> None:
    assert read(queue=text).queue == Path(text)
    assert read(queue=text).queue_file == Path(text)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (URL, "db.example.org:6432/incidents"),
        ("postgres://db/x", "db:5432/x"),
        ("postgresql:///x?host=/run/postgresql", "/run/postgresql:5432/x"),
        ("postgresql://[::1]:5433/x?sslmode=verify-full", "::1:5433/x"),
    ],
)
def test_a_database_is_known_by_its_place(read: Load, url: str, place: str) -> None:
    queue = read(queue=url).queue
    assert isinstance(queue, DatabaseUrl)
    assert (queue.get_secret_value(), queue.place) == (url, place)


@pytest.mark.parametrize(
    "wrong",
    [
        f"mysql://bridge:{PASSWORD}@db/x",
        f"sqlite:///{PASSWORD}",
        f"postgresql+psycopg://bridge:{PASSWORD}@db/x",
        f"POSTGRESQL://bridge:{PASSWORD}@db/x",
        f"host=db dbname=x password={PASSWORD}",
        f"postgresql://bridge:{PASSWORD}%zz@db/x",
        f"postgresql://bridge:{PASSWORD} @db/x",
        f"postgresql://bridge:{PASSWORD}@db:port/x",
        f"postgresql://bridge:{PASSWORD}@db:70000/x",
        f"postgresql://bridge:{PASSWORD}@[db/x",
        "postgresql://",
    ],
)
def test_what_is_neither_is_told_without_its_password(read: Load, wrong: str) -> None:
    with pytest.raises(BadSettings) as refused:
        read(queue=wrong)
    assert "queue (TRACKER_BRIDGE_QUEUE): " in str(refused.value)
    assert "write it like postgresql://" in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_a_number_is_no_queue(read: Load) -> None:
    with pytest.raises(BadSettings, match="must be text: the path of a file"):
        read("queue = 5")


@pytest.mark.parametrize("url", [URL, f"postgresql://db/x?user=bridge&password={PASSWORD}"])
def test_the_password_is_in_no_log(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.model_validate({"queue": url})
    configure_logging("info", "text", secrets(settings))
    logging.getLogger("tests").error("%s, %s, %s", url, PASSWORD, PASSWORD.replace("%2F", "/"))
    logged = capsys.readouterr().err
    assert "tests" in logged
    assert "s3cret" not in logged + repr(settings) + str(settings)


def test_a_word_is_not_taken_for_a_secret() -> None:
    """No comment may contain a secret: a password that people write would silence their incidents."""
    url = "postgresql://bridge:incident@db/x"
    assert secrets(Settings.model_validate({"queue": url})) == {url}
