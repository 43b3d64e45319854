"""Where an archive is: what is an address of none makes no folder of that name."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index import BadQuestion
from index.__main__ import UNUSABLE, main
from index.places import database_named, folder_named, is_database

SCHEMES = st.from_regex(r"[A-Za-z][A-Za-z0-9+.-]*", fullmatch=True)


@given(scheme=SCHEMES)
@example("postgresql")
@example("postgres")
def test_of_all_schemes_two_are_databases_and_none_is_a_folder(scheme: str) -> None:
    address = f"{scheme}://user:secret@host/name"
    with pytest.raises(BadQuestion):
        folder_named(address)
    if scheme in {"postgresql", "postgres"}:
        assert database_named(address) == address
        return
    assert not is_database(address)
    with pytest.raises(BadQuestion, match="postgresql://") as refused:
        database_named(address)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["data", "a/b", "../x", "C:/news", "", "host=db dbname=news"])
def test_anything_else_is_a_folder_and_may_be_settings_of_the_client(name: str) -> None:
    assert folder_named(name) == Path(name)
    assert database_named(name) == name


@pytest.mark.parametrize("address", ["mysql://u:secret@x/y", "postgresq://u:secret@x/y", "file:///y"])
def test_a_copy_into_what_is_no_archive_is_refused_and_makes_nothing(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["copy", "data", address]) == main(["copy", address, "data"]) == 2
    said = capsys.readouterr().err
    assert "postgresql://user@host/name" in said
    assert "secret" not in said
    assert not list(tmp_path.iterdir())


def test_a_database_is_named_by_its_setting_and_not_as_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["status", "--data", "postgresql://u:secret@x/y"]) == 2
    assert "a database is named by PULLQUOTE_DATABASE_URL." in capsys.readouterr().err
    monkeypatch.setenv("PULLQUOTE_DATA", "postgresql://u:secret@x/y")
    assert main(["status"]) == 2
    assert "a database is named by PULLQUOTE_DATABASE_URL." in capsys.readouterr().err
    monkeypatch.setenv("PULLQUOTE_DATA", "data")
    monkeypatch.setenv("PULLQUOTE_DATABASE_URL", "mysql://u:secret@x/y")
    assert main(["status"]) == 2
    said = capsys.readouterr().err
    assert "mysql://… in PULLQUOTE_DATABASE_URL is no database that is known" in said
    assert "secret" not in said


def test_a_file_is_no_archive_and_a_folder_is_one_that_is_there_or_not(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in (str(tmp_path / "file"), "/dev/null"):
        with pytest.raises(BadQuestion, match="is a file"):
            folder_named(name)
    for name in (str(tmp_path), str(tmp_path / "new")):
        assert folder_named(name) == Path(name)


def test_a_look_at_the_sources_of_no_archive_makes_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path / "misspelt"), "watch", "--once"]) == UNUSABLE
    assert "There is no archive in" in capsys.readouterr().err
    assert not (tmp_path / "misspelt").exists()
