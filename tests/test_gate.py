"""The quality gate: `samples/` are answered no worse than `benchmarks/gate.json` says."""

import shutil
from pathlib import Path

import pytest

from benchmarks.gate import SAMPLES, Gate, corpus_digest, measure, score

PINNED = Gate("abc", {"quote_hit@1": 0.8})


@pytest.mark.slow
def test_the_samples_are_answered_no_worse_than_the_pinned_floors(tmp_path: Path) -> None:
    figures = measure(tmp_path / "archive")
    assert Gate.read().problems(corpus_digest(), figures) == [], figures


def test_the_pinned_digest_is_the_one_of_the_samples() -> None:
    assert Gate.read().corpus_sha256 == corpus_digest(), "samples/ has changed: measure anew, then pin the new digest"


def test_every_figure_has_a_floor() -> None:
    floors = Gate.read().floors
    assert set(floors) == {"quote_hit@1", "quote_hit@3", "declined_unanswerable"}
    assert all(0 < floor <= 1 for floor in floors.values())


def test_a_figure_under_its_floor_is_named() -> None:
    (problem,) = PINNED.problems("abc", {"quote_hit@1": 0.79})
    assert "quote_hit@1 is 0.7900" in problem
    assert PINNED.problems("abc", {"quote_hit@1": 0.8}) == []


def test_a_changed_corpus_shuts_the_gate_however_good_the_figures_are() -> None:
    (problem,) = PINNED.problems("def", {"quote_hit@1": 1.0})
    assert "samples/ has changed" in problem


@pytest.mark.parametrize("change", ["edit", "rename", "add", "question"])
def test_the_digest_sees_every_kind_of_change(tmp_path: Path, change: str) -> None:
    shutil.copytree(SAMPLES, tmp_path, dirs_exist_ok=True)
    article = min(file for file in (tmp_path / "articles").iterdir() if file.is_file())
    assert corpus_digest(tmp_path) == corpus_digest()
    match change:
        case "edit":
            article.write_bytes(article.read_bytes() + b" ")
        case "rename":
            article.rename(article.with_stem("renamed"))
        case "add":
            (tmp_path / "articles" / "another.txt").touch()
        case "question":
            with (tmp_path / "questions.jsonl").open("a", encoding="utf-8") as questions:
                questions.write("\n")
    assert corpus_digest(tmp_path) != corpus_digest()


def test_shares_count_the_answer_in_the_quotes_and_the_refusals() -> None:
    questions = [
        {"id": "a", "answers": ["Trump"], "answerable": True},
        {"id": "b", "answers": ["the  Alps"], "answerable": True},
        {"id": "c", "answers": [], "answerable": False},
    ]
    answers = [
        {"id": "a", "outcome": "answer", "quotes": [{"text": "It was Trump."}]},
        {"id": "b", "outcome": "answer", "quotes": [{"text": "No."}, {"text": "In The\nAlps."}]},
        {"id": "c", "outcome": "answer", "quotes": [{"text": "Made up."}]},
    ]
    assert score(questions, answers) == {"quote_hit@1": 0.5, "quote_hit@3": 1.0, "declined_unanswerable": 0.0}
