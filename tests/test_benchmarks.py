"""The benchmarks' own bookkeeping: fixed samples, honest comparison, results that say where they come from."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.curves import DEPTHS, draw_recall, draw_reliability, recall_curve, reliability
from benchmarks.datasets import archive_for, newsqa_articles, newsqa_questions, sample_of
from benchmarks.quality import main, untimed
from benchmarks.results import write_result

ARTICLES = [{"title": f"Title {n}", "text": f"Story {n} tells of town{n}."} for n in range(50)]
QUESTION = {"question": "Which town?", "evidence": "Story 7", "answers": ["Town7"]}


@given(size=st.integers(0, 60), count=st.integers(0, 70))
def test_a_sample_keeps_order_holds_no_row_twice_and_is_always_the_same(size: int, count: int) -> None:
    rows = [{"id": n} for n in range(size)]
    sample = sample_of(rows, count)
    assert len(sample) == min(size, count)
    assert [row["id"] for row in sample] == sorted({row["id"] for row in sample})
    assert sample == sample_of(rows, count)


@given(count=st.integers(1, 60))
def test_a_sampled_archive_holds_what_answers_the_questions_and_is_as_large_as_asked(count: int) -> None:
    archive = archive_for([QUESTION], ARTICLES, count)
    assert ARTICLES[7] in archive
    assert len(archive) == min(count, len(ARTICLES))


def test_a_newsqa_question_is_asked_within_its_own_article() -> None:
    rows = [{"id": "x1", "text": "Text.", "questions": [{"id": "q1", "question": "What?", "answers": []}]}]
    assert newsqa_questions(rows)[0]["article"] == newsqa_articles(rows)[0]["url"]


def test_answers_are_compared_without_their_time_and_with_everything_else() -> None:
    assert untimed([{"id": 1, "elapsed_ms": 5.0}]) == untimed([{"id": 1, "elapsed_ms": 9.0}])
    assert untimed([{"id": 1, "confidence": 0.5}]) != untimed([{"id": 1, "confidence": 0.6}])


def test_a_result_says_on_which_commit_and_machine_it_was_measured(tmp_path: Path) -> None:
    file = write_result("some-set", {"figures": {"map": 0.5}}, tmp_path)
    result = json.loads(file.read_text(encoding="utf-8"))
    assert result["figures"] == {"map": 0.5}
    assert file.name == f"{result['date']}-{result['commit'][:10]}-some-set.json"
    assert isinstance(result["uncommitted_changes"], bool)
    assert {"cpu", "cores", "memory_gb", "system", "python"} <= set(result["machine"])


def test_without_the_evaluation_data_every_set_is_skipped_with_a_clear_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--shared", str(tmp_path), "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("skipped") == 3


def holds(answers: Sequence[str], text: str) -> bool:
    return any(answer in text for answer in answers)


OUTCOMES = st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(1, 30)), min_size=1, max_size=30)


@given(OUTCOMES)
def test_curves_count_what_is_right(outcomes: list[tuple[float, bool, int]]) -> None:
    gold = [{"id": n, "answers": ["yes"]} for n in range(len(outcomes))]
    answers = [
        {
            "id": n,
            "confidence": confidence,
            "quotes": [{"text": "yes" if right else "no"}],
            "passages": [{"text": "no"}] * (at - 1) + [{"text": "yes"}],
        }
        for n, (confidence, right, at) in enumerate(outcomes)
    ]
    curve = recall_curve(gold, answers, holds)
    assert curve["passages"] == [round(sum(at <= k for *_, at in outcomes) / len(outcomes), 4) for k in DEPTHS]
    found = reliability(gold, answers, holds)
    assert sum(one["questions"] for one in found["bins"]) == len(outcomes)
    assert 0 <= found["ece"] <= 1


def test_a_confidence_that_is_always_right_about_itself_has_no_error() -> None:
    gold = [{"id": n, "answers": ["yes"]} for n in range(4)]
    texts = ("yes", "yes", "yes", "no")
    answers = [{"id": n, "confidence": 0.75, "quotes": [{"text": text}]} for n, text in enumerate(texts)]
    assert reliability(gold, answers, holds)["ece"] == 0


def test_the_same_figures_draw_the_same_file(tmp_path: Path) -> None:
    curve = {"passages": [0.5] * len(DEPTHS), "quotes": [0.3, 0.4, 0.5]}
    found = {"ece": 0.1, "bins": [{"confidence": 0.3, "right": 0.4, "questions": 7}]}
    for name in ("one", "two"):
        draw_recall(curve, "set", tmp_path / f"{name}-recall.svg")
        draw_reliability(found, "set", tmp_path / f"{name}-reliability.svg")
    assert (tmp_path / "one-recall.svg").read_bytes() == (tmp_path / "two-recall.svg").read_bytes()
    assert (tmp_path / "one-reliability.svg").read_bytes() == (tmp_path / "two-reliability.svg").read_bytes()
