"""The command line: exit codes, one sentence for each failure, JSON that keeps its contract."""

import argparse
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index import Answer, Article, IndexConfig, NewsIndex
from index.__main__ import _RUNS, main
from index.arguments import parser_for
from index.unknown_names import unknown_names
from tests.fakes import WordEncoder, WordReader

FERRY = "The ferry Alma struck the pier at noon. Captain Ines Roth said 14 people were hurt."
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
CONTRACT = "text article_id version start end sha256 title url publisher published_at speaker score".split()
QUOTE_KEYS = [*CONTRACT, "correction", "agency", "also"]  # it only grows
ANSWER_KEYS = (
    "id question outcome answer confidence quotes passages elapsed_ms completed outlets corrected rivals newest".split()
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with one article, written with another model than the bundled one."""
    data = tmp_path / "archive"
    index = NewsIndex.open(IndexConfig(data=data), encoder=WordEncoder(), reader=WordReader())
    index.add([Article(url="https://a.example/1", title="Ferry", text=FERRY)])
    index.close()
    return data


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a shell would start it."""
    return subprocess.run(
        [sys.executable, "-m", "index", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_reading_where_there_is_no_archive_says_what_to_run_and_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["status"], ["ask", "Who?"], ["search", "ferry"], ["check"], ["show", "x"], ["rebuild"]):
        assert main([*command, "--data", str(tmp_path / "none")]) == 3
        assert "pullquote add" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_web_address_needs_no_list_of_hosts_but_must_be_public(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", "http://127.0.0.1/story", "--data", str(tmp_path / "archive")]) == 1
    assert "rejected http://127.0.0.1/story: is on the host 127.0.0.1, which is not on the" in capsys.readouterr().err


def test_status_check_and_show_need_no_model(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json", "--data", str(archive)]) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == 1
    assert main(["check", "--data", str(archive)]) == 0
    assert main(["show", "https://a.example/1", "--json", "--data", str(archive)]) == 0
    lines = capsys.readouterr().out.splitlines()
    shown = json.loads(lines[-1])
    assert (shown["text"], shown["version"]) == (FERRY, 1)
    assert main(["show", shown["id"], "--data", str(archive)]) == 0
    assert capsys.readouterr().out == FERRY + "\n"


def test_an_article_that_is_not_there_is_a_usage_error(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("show", "remove"):
        assert main([command, "https://a.example/2", "--data", str(archive)]) == 2
        assert "no article https://a.example/2" in capsys.readouterr().err


def test_a_removed_article_cannot_be_shown(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remove", "https://a.example/1", "--data", str(archive)]) == 0
    assert main(["show", "https://a.example/1", "--data", str(archive)]) == 2
    assert "1 removed" in capsys.readouterr().out


def change(archive: Path, text: str) -> None:
    index = NewsIndex.open(IndexConfig(data=archive), encoder=WordEncoder(), reader=WordReader())
    index.add([Article(url="https://a.example/1", title="Ferry hits pier", text=text)])
    index.close()


def test_a_history_shows_the_words_that_changed_and_each_version_can_be_shown(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(archive, FERRY.replace("14", "16"))
    assert main(["history", "https://a.example/1", "--data", str(archive)]) == 0
    told = capsys.readouterr().out
    assert "title: Ferry → Ferry hits pier" in told
    assert "Captain Ines Roth said [-14-] {+16+} people were hurt." in told
    assert "struck" not in told  # of what stayed as it was, nothing
    assert main(["show", "https://a.example/1", "--version", "1", "--data", str(archive)]) == 0
    assert capsys.readouterr().out == FERRY + "\n"
    assert main(["show", "https://a.example/1", "--version", "3", "--data", str(archive)]) == 2
    assert "never had a version 3" in capsys.readouterr().err
    assert main(["history", "https://a.example/1", "--json", "--data", str(archive)]) == 0
    first, second = json.loads(capsys.readouterr().out)["versions"]
    assert (first["text"], first["replaced_at"], first["changes"]) == (FERRY, second["added_at"], None)
    assert second["changes"]["fields"] == [{"name": "title", "before": "Ferry", "after": "Ferry hits pier"}]


def test_what_was_withdrawn_or_removed_is_told_with_its_date(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert main(["withdraw", "https://a.example/1", "--reason", "libel", "--data", str(archive)]) == 0
    assert capsys.readouterr().out == "1 withdrawn\n"
    assert main(["withdraw", "https://a.example/1", "--data", str(archive)]) == 0
    assert f"is withdrawn already, since {today}: libel" in capsys.readouterr().out
    assert main(["withdrawn", "--data", str(archive)]) == 0
    told = capsys.readouterr().out
    assert "Ferry  https://a.example/1" in told
    assert "until it is reinstated: libel" in told
    assert main(["withdrawn", "--json", "--data", str(archive)]) == 0
    assert json.loads(capsys.readouterr().out)["until_reinstated"] is True
    assert main(["show", "https://a.example/1", "--json", "--data", str(archive)]) == 2
    shown = capsys.readouterr()
    assert f"withdrawn on {today}: libel" in shown.err
    assert (json.loads(shown.out)["gone"], "text" in json.loads(shown.out)) == ("withdrawn", False)
    assert main(["remove", "https://a.example/1", "--data", str(archive)]) == 0
    assert main(["show", "https://a.example/1", "--data", str(archive)]) == 2
    assert f"removed on {today}" in capsys.readouterr().err
    assert main(["history", "https://a.example/1", "--data", str(archive)]) == 0
    told = capsys.readouterr().out
    assert "withdrawn: libel" in told
    assert "version 1 removed" in told


def test_what_is_not_withdrawn_cannot_be_reinstated(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reinstate", "https://a.example/1", "--data", str(archive)]) == 0
    assert capsys.readouterr().out.endswith(" is not withdrawn\n")


def test_a_rule_of_retention_that_is_tried_deletes_nothing(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retain", "--older-than", "0d", "--dry-run", "--data", str(archive)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"1 article, 1 text, {len(FERRY)} characters to be deleted for good.")
    assert "without --dry-run" in told
    assert main(["retain", "--older-than", "1w", "--data", str(archive)]) == 0
    assert capsys.readouterr().out == "Nothing deleted for good.\n"
    assert main(["retain", "--older-than", "0d", "--json", "--data", str(archive)]) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == 1
    assert main(["show", "https://a.example/1", "--data", str(archive)]) == 2
    assert "removed on" in capsys.readouterr().err


def test_an_archive_of_another_model_names_both_and_the_mend(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "ferry", "--data", str(archive)]) == 3
    said = capsys.readouterr().err
    assert "words" in said
    assert "all-MiniLM-L6-v2" in said
    assert "pullquote rebuild" in said


def test_what_a_backup_or_a_restored_archive_replaces_is_told(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "saved.pullquote"
    for said in (f"in {saved}.\n", f"in {saved}, in place of what was in that file.\n"):
        assert main(["backup", str(saved), "--data", str(archive)]) == 0
        assert capsys.readouterr().out.endswith(said)
    assert main(["restore", str(saved), "--data", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.endswith(f"is as {saved} holds it: 1 article.\n")
    now = f"it is now as {saved} holds it: 1 article.\n"
    assert main(["restore", str(saved), "--data", str(archive)]) == 0
    assert capsys.readouterr().out.endswith(f"held 1 article; {now}")
    gc.collect()  # what the commands above had open: a process of their own would have ended
    (archive / "archive.sqlite").write_bytes(b"broken" * 1_000)
    for rest in ("-wal", "-shm"):
        (archive / f"archive.sqlite{rest}").unlink(missing_ok=True)
    assert main(["restore", str(saved), "--data", str(archive)]) == 0
    assert capsys.readouterr().out.endswith(f"could not be read; {now}")


def test_backup_and_restore_bring_everything_back(archive: Path, tmp_path: Path) -> None:
    saved, other = tmp_path / "saved.pullquote", tmp_path / "other"
    assert main(["backup", str(saved), "--data", str(archive)]) == 0
    assert main(["restore", str(saved), "--data", str(other)]) == 0
    assert main(["show", "https://a.example/1", "--data", str(other)]) == 0
    assert main(["restore", str(tmp_path / "missing"), "--data", str(other)]) == 3
    assert main(["show", "https://a.example/1", "--data", str(other)]) == 0


def test_a_backup_never_replaces_the_archive_or_a_folder(archive: Path, tmp_path: Path) -> None:
    before = (archive / "archive.sqlite").read_bytes()
    for target in (archive / "archive.sqlite", tmp_path, Path()):
        assert main(["backup", str(target), "--data", str(archive)]) == 2
    assert (archive / "archive.sqlite").read_bytes() == before


def test_a_threshold_out_of_range_is_a_usage_error(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("7", "-1", "abc", "nan"):
        monkeypatch.setenv("PULLQUOTE_MIN_CONFIDENCE", wrong)
        assert main(["status", "--data", str(archive)]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["add"],
        ["search"],
        ["search", "x", "-k", "0"],
        ["ask", "Who?", "--after", "soon"],
        ["retain", "--older-than", "365"],
        ["show", "x", "--version", "0"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["serch", "ferry"], "there is no 'serch'; did you mean search? (choose from add, "),
        (["source", "lst"], "there is no 'lst'; did you mean list?"),
        (["search", "ferry", "--publsher", "A"], "unrecognized arguments: --publsher A; did you mean --publisher?\n"),
        (["ask", "--afer=2025-01-01", "Who?"], "--afer=2025-01-01; did you mean --after?\n"),
        (["source", "add", "-every", "1h", "x"], "unrecognized arguments: -every; did you mean --every?\n"),
        (["--dta", "x", "status"], "there is no 'x' (choose from"),
        (["status", "nonsense"], "unrecognized arguments: nonsense\n"),
    ],
)
def test_with_what_is_misspelt_the_nearest_is_named(
    arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert meant in capsys.readouterr().err


def actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from actions(command)


def test_every_option_that_is_more_than_a_name_says_what_it_expects() -> None:
    parsers = {action.type for action in actions(parser_for(_RUNS))} - {None, Path}
    assert parsers
    for parse in parsers:
        assert callable(parse)
        with pytest.raises(argparse.ArgumentTypeError, match=r"^'no such' is"):
            parse("no such")


def test_a_question_and_a_query_need_no_quotation_marks() -> None:
    parser = parser_for(_RUNS)
    assert parser.parse_args(["ask", "--json", "Who", "put", "it", "off?"]).question == ["Who", "put", "it", "off?"]
    assert parser.parse_args(["search", "night", "bus", "-k", "3"]).query == ["night", "bus"]


def test_days_that_exclude_each_other_are_wrong_usage(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = ["--after", "2025-10-26", "--before", "2025-10-25", "--data", str(archive)]
    for command in (["search", "ferry"], ["ask", "Who?"], ["ask", "--batch", "none.jsonl"]):
        assert main([*command, *days]) == 2
        assert "no day is between them" in capsys.readouterr().err


def test_names_that_the_archive_has_not_are_told_with_those_that_it_has(tmp_path: Path) -> None:
    index = NewsIndex.open(IndexConfig(data=tmp_path), encoder=WordEncoder(), reader=WordReader())
    assert unknown_names(index, "Meridian", None) == ["The archive has no publisher at all."]
    names = ["Meridian Daily", "Harbour Post", *(f"Gazette {n}" for n in range(5))]
    index.add([Article(url=f"https://a.example/{n}", title="Ferry", text=FERRY, publisher=n) for n in names])
    assert unknown_names(index, "meridian daily", ["public"]) == unknown_names(index, None, None) == []
    collection, publisher = unknown_names(index, "Harbor Post", ["publik"])
    assert collection == "The archive has no collection publik; it has public."
    assert publisher.startswith("The archive has no publisher Harbor Post; it has Harbour Post, ")
    assert publisher.endswith(", and 2 more.")
    index.close()


def test_a_rule_for_a_publisher_that_is_not_there_says_so(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = ["retain", "--older-than", "0d", "--collection", "publik", "--dry-run", "--data", str(archive)]
    assert main(rule) == 0
    assert "no collection publik; it has public." in capsys.readouterr().err


def test_a_question_and_a_batch_exclude_each_other(archive: Path) -> None:
    assert main(["ask", "--data", str(archive)]) == 2
    assert main(["ask", "Who?", "--batch", "x", "--data", str(archive)]) == 2


def test_help_and_status_do_not_import_torch(archive: Path) -> None:
    script = (
        "import sys; from index.__main__ import main\n"
        f"try: main({['status', '--data', str(archive)]!r}); main(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, capture_output=True).returncode == 0


@pytest.mark.slow
def test_a_folder_goes_in_and_questions_come_out_as_the_contract_says(tmp_path: Path) -> None:
    articles, data = tmp_path / "articles", tmp_path / "archive"
    articles.mkdir()
    (articles / "ferry.md").write_text(f"---\nurl: https://a.example/1\n---\n# Ferry strikes pier\n\n{FERRY}\n")
    (articles / "empty.txt").write_text("")
    added = run("add", articles, "--data", data)
    assert added.returncode == 1
    assert "1 added, 0 changed, 0 unchanged, 1 rejected" in added.stdout
    assert "empty.txt" in added.stderr
    again = run("add", articles / "ferry.md", "--data", data)
    assert (again.returncode, "0 added, 0 changed, 1 unchanged" in again.stdout) == (0, True)

    answer = json.loads(run("ask", "How many people were hurt on the ferry?", "--json", "--data", data).stdout)
    assert list(answer) == ANSWER_KEYS
    assert list(answer["quotes"][0]) == QUOTE_KEYS
    assert (answer["outcome"], answer["answer"]) == ("answer", "14")
    assert FERRY[answer["quotes"][0]["start"] : answer["quotes"][0]["end"]] == answer["quotes"][0]["text"]

    batch = tmp_path / "batch.jsonl"
    rows = [
        {"id": "a", "question": "Who was the captain of the ferry?", "asked_on": "2025-10-26"},
        {"id": "b", "question": ""},
        {"id": "c", "question": "How many people were hurt?", "article": "https://a.example/1"},
        {"id": "d", "question": "How many people were hurt?", "article": "https://a.example/9"},
        {"id": "e", "question": "Who won the 2022 World Cup?"},
        {
            "id": "f",
            "question": "and when?",
            "history": [{"question": "What did the ferry strike?", "answer": "the pier"}],
        },
        {"id": "g", "question": "why?", "history": "What did the ferry strike?"},
    ]
    batch.write_text("\n".join([*map(json.dumps, rows), "not json"]))
    asked = run("ask", "--batch", batch, "--data", data)
    lines = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [line["id"] for line in lines] == ["a", "b", "c", "d", "e", "f", "g", None]
    assert [line["outcome"] for line in lines] == [
        *["answer", "no_evidence", "answer", "no_evidence", "no_evidence", lines[5]["outcome"]],
        *["no_evidence"] * 2,
    ]
    assert ["error" in line for line in lines] == [False, True, False, True, False, False, True, True]
    assert all(not line["quotes"] and line["answer"] is None for line in lines if line["outcome"] == "no_evidence")
    assert lines[4]["passages"]
    assert [line["completed"] for line in lines[:5]] == [None] * 5
    assert lines[5]["completed"] == "When did the ferry strike the pier?"
    assert '"history"' in lines[6]["error"]

    assert "4 rows could not be asked" in asked.stderr

    for command in (["search", "pier"], ["ask", "How", "many", "were", "hurt?"]):
        found = run(*command, "--data", data)
        assert ("14 people were hurt" in found.stdout, found.stderr) == (True, "")
        none = run(*command, "--publisher", "Nobody", "--data", data)
        assert (none.returncode, "The archive has no publisher" in none.stderr) == (0, True)

    followed = run("ask", "and when?", "--following", "Where did the ferry strike the pier?", "--data", data)
    assert followed.stdout.startswith("Understood as: When did the ferry strike the pier")


@pytest.mark.slow
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed articles of ../shared are not here")
@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who suggested postponing the summit?", "Trump was the first to suggest postponing the planned meeting"),
        ("Who runs the Russian Direct Investment Fund?", "Kirill Dmitriev, head of the Russian Direct Investment Fund"),
        ("Where was the summit expected to take place?", "had been expected to take place in Budapest"),
        ("When did Trump announce that the meeting had been canceled?", "On October 22, Trump announced"),
        ("Who are the foreign ministers that keep coordinating?", "Sergey Lavrov and the United States’ Marco Rubio"),
        ("What did Peskov say about the European Union?", "“military hysteria” of the European Union"),
        ("Who won the 2022 World Cup?", None),
    ],
)
def test_the_seed_article_answers_its_questions(seeded: NewsIndex, question: str, sentence: str | None) -> None:
    answer = seeded.ask(question)
    quotes = answer.quotes if isinstance(answer, Answer) else ()
    assert bool(quotes) == (sentence is not None)
    for quote in quotes:
        assert quote.stored.article.text[quote.start : quote.end] == quote.text
    assert sentence is None or sentence in quotes[0].text


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed articles of ../shared are not here")
@pytest.mark.slow
def test_the_seed_article_names_the_doer_and_the_speaker(seeded: NewsIndex) -> None:
    answer = seeded.ask("Who suggested postponing the summit?")
    assert isinstance(answer, Answer)
    assert (answer.short, answer.quotes[0].speaker) == ("Trump", "Dmitry Peskov")
    assert seeded.ask("Who suggested postponing the summit?") == answer


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> NewsIndex:
    """An archive of the seed articles with the real model."""
    index = NewsIndex.open(IndexConfig(data=tmp_path_factory.mktemp("seeded")))
    index.add_sources([str(SEEDS)])
    return index
