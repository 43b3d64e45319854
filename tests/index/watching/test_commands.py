"""`pullquote source` and `pullquote watch`: what they print, how they end, and what a signal does."""

import json
import os
import signal
import subprocess
import sys
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index import IndexConfig, NewsIndex, SystemClock, utc_now
from index.__main__ import main
from index.store import Ills, Refusal, Refusals, Source
from index.watch_commands import parse_span, source_text
from tests.fakes import WordEncoder, WordReader

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
JSON_KEYS = [
    *("id", "address", "kind", "collection", "every_s", "state", "paused", "looked_at", "succeeded_at", "due_at"),
    *("failures", "error", "articles", "waiting", "guest", "gone", "held_back", "refused", "last_refused"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file that has nothing to be encoded in it: no model is loaded."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "empty.txt").write_text("")
    return tmp_path / "news"


def test_a_source_is_added_listed_paused_resumed_and_removed(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(tmp_path / "archive")]
    assert main(["source", "add", str(folder), "--every", "2h", "--collection", "council", *data]) == 0
    assert f"added {folder}: a folder with 1 file; `pullquote watch` looks every 2 h" in capsys.readouterr().out
    assert main(["source", "add", str(folder), "--collection", "council", *data]) == 0
    assert "known already" in capsys.readouterr().out
    for action, state in (("pause", "paused"), ("resume", "new")):
        assert main(["source", action, "1", *data]) == 0
        capsys.readouterr()
        assert main(["source", "list", "--json", *data]) == 0
        (listed,) = json.loads(capsys.readouterr().out)
        assert list(listed) == JSON_KEYS
        assert (listed["state"], listed["every_s"], listed["collection"]) == (state, 7_200, "council")
        assert main(["status", *data]) == 0
        assert f"watched      {int(state != 'paused')} sources\n" in capsys.readouterr().out
    assert main(["source", "remove", str(folder), *data]) == 0
    assert "stay in the archive" in capsys.readouterr().out
    assert main(["source", "list", *data]) == 0
    assert capsys.readouterr().out == "There are no sources yet.\n"


def test_a_folder_is_kept_and_named_by_its_whole_path(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(tmp_path / "archive")]
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert main(["source", "add", "../news", *data]) == 0
    assert f"added {folder}: a folder" in capsys.readouterr().out
    assert main(["source", "pause", "../news", *data]) == 0
    assert capsys.readouterr().out == f"paused {folder}\n"


def test_a_folder_that_an_earlier_release_wrote_down_in_other_words_is_the_same_source(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    index = NewsIndex.open(IndexConfig(data=tmp_path / "archive"))
    written = str(tmp_path / "here" / ".." / folder.name)
    index.sources.add(written, "folder", "public", every=timedelta(hours=1), now=datetime.now(UTC))
    index.close()
    for command in (["add", "../news"], ["pause", "../news"], ["resume", written]):
        assert main(["source", *command, "--data", str(tmp_path / "archive")]) == 0
        assert written in capsys.readouterr().out


def test_a_source_is_pruned_of_the_articles_of_files_that_are_gone(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = IndexConfig(data=tmp_path / "archive")
    index = NewsIndex.open(config, encoder=WordEncoder(), reader=WordReader())
    watcher = index.watcher(SystemClock())
    watcher.add(str(folder), every=timedelta(minutes=1))
    texts = ("The council met on Monday.", "The ferry was late on Tuesday.")
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(f"Note {number}\n\n{text}")
    named = '{"title": "A", "text": "The mayor resigned.", "url": "https://a.example/a"}\n'
    (folder / "lines.jsonl").write_text('{"title": "B", "text": "Nobody resigned."}\n')
    (folder / "named.jsonl").write_text(named)
    watcher.look_once()
    for name in ("0.txt", "lines.jsonl", "named.jsonl"):
        (folder / name).unlink()
    index.sources.hurry(utc_now())
    watcher.look_once()
    assert index.status().articles == 4
    assert [one.gone for one in index.sources.sources()] == [3]
    index.close()
    data = ["--data", str(tmp_path / "archive")]
    assert main(["source", "list", *data]) == 0
    assert "3 files no longer there" in (listed := capsys.readouterr().out)
    assert "`pullquote source prune 1`" in listed
    assert main(["source", "prune", "1", "--dry-run", *data]) == 0
    assert "would remove 2 articles of 3 files" in capsys.readouterr().out
    assert main(["source", "prune", "1", *data]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("removed 2 articles of 3 files")
    assert "named.jsonl held articles with addresses of their own" in printed.err
    again = NewsIndex.open(config)
    assert sorted(stored.article.title for stored in again._store.articles()) == ["A", "Note 1"]
    again.close()


def test_a_single_file_is_called_one(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(tmp_path / "archive")]
    assert main(["source", "add", str(folder / "empty.txt"), *data]) == 0
    assert f"added {folder / 'empty.txt'}: a file;" in capsys.readouterr().out
    assert main(["source", "add", (folder / "empty.txt").as_uri(), *data]) == 0
    assert "known already" in capsys.readouterr().out
    assert main(["source", "list", *data]) == 0
    listed = capsys.readouterr().out
    assert listed.startswith(f"  1  file    {folder / 'empty.txt'}  every")
    assert "articles of 0 files" in listed


def test_a_source_that_cannot_be_read_is_not_added(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(tmp_path / "archive")]
    assert main(["source", "add", str(tmp_path / "none"), "http://127.0.0.1:8765/feed", *data]) == 1
    said = capsys.readouterr().err
    assert f"not added {tmp_path / 'none'}: no such file or folder" in said
    host = "is on the host 127.0.0.1, which is not on the public internet; watch a folder"
    assert f"not added http://127.0.0.1:8765/feed: {host}" in said
    assert main(["source", "add", "quay.example/feed.xml", *data]) == 1
    assert "quay.example/feed.xml: no such file or folder; did you mean https://quay" in capsys.readouterr().err
    assert main(["source", "pause", "7", *data]) == 2
    assert "There is no source 7" in capsys.readouterr().err


def test_a_single_round_says_what_came_of_it(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(tmp_path / "archive")]
    assert main(["watch", "--once", str(folder), *data]) == 1
    printed = capsys.readouterr()
    assert printed.out.endswith("1 source looked at, 0 failed; 0 added, 0 changed, 0 unchanged, 1 rejected\n")
    assert f"{folder}: 0 added or changed, 0 unchanged, 1 rejected\n" in printed.out
    assert f"rejected {folder}/empty.txt: is empty" in printed.err
    assert main(["watch", "--once", *data]) == 0
    assert capsys.readouterr().out.startswith("0 sources looked at")
    assert main(["watch", "--once", "--now", *data]) == 0  # what was said of a file is not said again
    assert capsys.readouterr().out.endswith(
        "1 source looked at, 0 failed; 0 added, 0 changed, 1 unchanged, 0 rejected\n"
    )


def test_a_round_says_what_was_read_and_is_not_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "ferry.txt").write_text(
        "A ferry struck the pier\n\n" + "Nobody was hurt on the way home. " * 9
    )
    monkeypatch.setenv("PULLQUOTE_LANGUAGES", "de")
    command = ["watch", "--once", "--now", str(tmp_path / "news"), "--data", str(tmp_path / "archive")]
    assert main(command) == 1
    printed = capsys.readouterr()
    assert printed.out.endswith("0 added, 0 changed, 0 unchanged, 1 rejected\n")
    assert printed.err.count("is in the language 'en'") == 1
    assert main(command) == 0
    assert "language" not in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_watch_cleanly(number: int, tmp_path: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "index", "watch", str(folder), "--data", str(tmp_path / "archive")]
    quiet = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=quiet) as watching:
        assert watching.stdout
        assert watching.stderr
        assert "is empty" in next(line for line in watching.stderr if "rejected" in line)  # it has had its first round
        watching.send_signal(number)
        assert watching.wait(30) == 0
        assert watching.stdout.read().endswith("Stopped. What was read is stored; the rest is read next time.\n")


def test_the_health_of_a_source_is_one_line() -> None:
    source = Source(
        id=3,
        address="https://a.example/feed",
        kind="feed",
        collection="public",
        every=timedelta(minutes=15),
        paused=False,
        due_at=NOW + timedelta(hours=3),
        looked_at=NOW - timedelta(minutes=4),
        failures=5,
        error="is on a server that has trouble (503); try again later",
        articles=1_200,
        waiting=3,
    )
    refused = Refusals(5, (Refusal("https://a.example/shop", "is a page that lists other articles", NOW),))
    head, health, first, held, more = source_text(source, NOW, Ills(refused, held_back=12)).splitlines()
    assert "12 pages gone together with most others of that site: their articles stay" in held
    assert head == "  3  feed    https://a.example/feed  every 15 min, public"
    assert health.split(" · ") == [
        "     failing (5 times in a row): it is on a server that has trouble (503); try again later",
        "looked at 4 min ago",
        "next in 3 h",
        "1,200 articles",
        "3 pages to be read",
        "5 not taken",
    ]
    assert first.strip().startswith("not taken https://a.example/shop: is a page that lists other articles (less")
    assert more.strip() == "… and 4 more: --json"


@pytest.mark.parametrize(("text", "minutes"), [("1m", 1), ("90m", 90), ("2h", 120), ("7d", 10_080)])
def test_an_interval_is_a_number_with_its_unit(text: str, minutes: int) -> None:
    assert parse_span(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "m", "15", "0m", "-1h", "1.5h", "9999d", "1w", "²h"])
def test_anything_else_is_no_interval(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="15m, 2h or 1d"):
        parse_span(text)


def test_an_interval_in_the_environment_that_is_none_is_named(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ["source", "add", str(folder), "--data", str(tmp_path / "archive")]
    monkeypatch.setenv("PULLQUOTE_EVERY", "often")
    assert main(add) == 2
    assert "PULLQUOTE_EVERY: 'often' is no interval" in capsys.readouterr().err
    monkeypatch.setenv("PULLQUOTE_EVERY", "2h")
    assert main(add) == 0
    assert "looks every 2 h" in capsys.readouterr().out


def test_a_contact_that_would_break_a_header_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("a b", "x\r\nHost: b", "ä@b.example", "(x)"):
        monkeypatch.setenv("PULLQUOTE_CONTACT", wrong)
        assert main(["status", "--data", str(tmp_path)]) == 2
