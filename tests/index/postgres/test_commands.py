"""The command line over a database: what it does, and what it says of what it leaves to PostgreSQL."""

from datetime import timedelta
from pathlib import Path

import pytest

from index import Finding, IndexConfig, Patient, look_at
from index.__main__ import main
from index.clock import utc_now
from tests.engines import Embedded, Postgres, archive_of
from tests.index.store.archives import article


@pytest.fixture
def url(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_DATABASE_URL", postgres.url(tmp_path / "new"))
    return postgres.url(tmp_path / "new")


def test_an_archive_is_copied_there_and_back_and_read_by_the_other_commands(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive_of(Embedded(), tmp_path / "old", article("a"), article("b")).close()
    Embedded().records(tmp_path / "old").write("guild", "1", "{}")
    assert main(["copy", str(tmp_path / "old"), url]) == 0
    said = capsys.readouterr().out
    assert "2 articles copied, 0 there already" in said
    assert "1 record of the bot copied" in said
    assert main(["status"]) == 0
    assert not capsys.readouterr().err
    assert main(["status", "--data", str(tmp_path / "old")]) == 0
    told = capsys.readouterr()
    assert "passages     4\n" in told.out
    assert told.err == "pullquote: the archive is the database in PULLQUOTE_DATABASE_URL, and not in --data.\n"
    assert main(["show", article("a").url]) == 0
    assert capsys.readouterr().out.strip() == article("a").text
    assert main(["check"]) == 0
    assert main(["copy", url, str(tmp_path / "again")]) == 0
    assert Embedded().records(tmp_path / "again").items("guild") == [("1", "{}")]
    assert main(["copy", str(tmp_path / "again"), url]) == 0
    assert "0 articles copied, 2 there already" in capsys.readouterr().out


def test_what_postgresql_does_itself_is_said(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive_of(Embedded(), tmp_path / "old", article("a")).close()
    assert main(["copy", str(tmp_path / "old"), url]) == 0
    assert main(["backup", str(tmp_path / "saved")]) == 3
    assert "pg_dump" in capsys.readouterr().err
    assert not (tmp_path / "saved").exists()
    assert main(["restore", str(tmp_path / "old")]) == 3
    assert "pg_restore" in capsys.readouterr().err


def test_a_copy_of_nothing_or_onto_itself_is_refused(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["copy", str(tmp_path / "nowhere"), url]) == 3
    assert "no archive to copy" in capsys.readouterr().err
    archive_of(Embedded(), tmp_path / "old", article("a")).close()
    assert main(["copy", str(tmp_path / "old"), str(tmp_path / "old")]) == 2
    assert "onto itself" in capsys.readouterr().err


def test_the_doctor_looks_into_the_database(postgres: Postgres, tmp_path: Path) -> None:
    def found(url: str) -> dict[str, Finding]:
        config = IndexConfig(data=tmp_path, database_url=url)
        return {one.looked_at: one for one in look_at(Patient(config=config))}

    store = archive_of(postgres, tmp_path / "new", article("a"))
    store.watched.add("https://a.example/feed", "feed", "public", every=timedelta(hours=1), now=utc_now())
    with store.watching():
        url = postgres.url(tmp_path / "new")
        assert "1 articles, 2 passages" in found(url)["archive"].found
        assert (found(url)["searched"].state, found(url)["sources"].state) == ("ok", "ok")
    store.close()
    new = found(postgres.server.new_database())
    assert (found(url)["database"].state, new["database"].state) == ("ok", "ok")
    assert url.rpartition("/")[2] in found(url)["database"].found
    nowhere = new["archive"]
    assert (nowhere.state, nowhere.found) == ("wrong", "there is none in the database")
    gone = found("postgresql://127.0.0.1:9/none")["archive"]
    assert gone.state == "wrong"
    assert "PULLQUOTE_DATABASE_URL" in (gone.mend or "")
