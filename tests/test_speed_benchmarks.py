"""The benchmarks of speed work: tiny runs of each, and the rivals' protocol with a script that keeps to it."""

import json
import math
import stat
import sys
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import concurrency, growth, speed
from benchmarks.apart import apart
from benchmarks.command import Row, write_rows
from benchmarks.contest import Job, contend
from benchmarks.datasets import Shared
from benchmarks.plots import main as draw
from benchmarks.results import write_result
from benchmarks.synthetic import EVERYTHING, PASSAGES, RARE, Seeds, article_of, keeps, narrow
from index import IndexConfig, NewsIndex
from index.types import Article
from tests.fakes import WordEncoder, WordReader

ROWS = [
    {"url": f"https://a.example/{n}", "title": f"Title {n}", "text": f"The mayor of town{n} spoke. It was {n} degrees."}
    for n in range(12)
]
ASKED = [f"Who spoke in town{n}?" for n in range(5)]
QUESTIONS: list[Row] = [
    {"question": asked, "asked_on": "2024-01-05", "answers": [f"town{n}"]} for n, asked in enumerate(ASKED)
]

# What a rival's Python does, without the rival: it is started as `PYTHON -m benchmarks.contest NAME JOB`.
BEHAVING = """#!{python}
import json, sys
job = json.load(open(sys.argv[4]))
print("a library says something")
found = [[one for one in job["passages"] if question.split()[-1].strip("?") in one] for question in job["questions"]]
times = [float(n + 1) for n in range(len(found))]
print(json.dumps(dict(load_s=1.0, index_s=2.0, search_ms=times, found=found, peak_bytes=5_000_000)))
"""


def rival(folder: Path, script: str) -> speed.Entry:
    file = folder / "python"
    file.write_text(script.format(python=sys.executable), encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return speed.Entry("txtai", str(file))


def shared_of(folder: Path) -> Shared:
    (folder / "eval").mkdir()
    scorer = "def holds(answers, text):\n    return any(answer in text for answer in answers)\n"
    (folder / "eval" / "score.py").write_text(scorer, encoding="utf-8")
    return Shared(folder)


def test_a_rival_gets_the_passages_and_the_questions_and_is_heard(tmp_path: Path) -> None:
    rounds = list(speed.run(ROWS, QUESTIONS, [rival(tmp_path, BEHAVING)], rounds=2))
    (told,) = rounds[1].values()
    assert told["words_s"] == speed.words_in(ROWS) / 2.0
    assert (told["search_p50_ms"], told["peak_mb"]) == (3.0, 5.0)
    assert all(f"town{n} " in found[0] for n, found in enumerate(told["found"]))


def test_a_rival_that_fails_is_named_with_what_it_said(tmp_path: Path) -> None:
    failing = rival(tmp_path, "#!{python}\nraise SystemExit('no module named txtai')\n")
    with pytest.raises(speed.ContestantFailed, match=r"txtai ended with 1:\nno module named txtai"):
        list(speed.run(ROWS, QUESTIONS, [failing], rounds=1))


def test_without_rivals_it_says_how_to_make_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shared_of(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "realtimeqa-2024-articles.jsonl.xz").touch()
    assert speed.main(["--shared", str(tmp_path)]) == 2
    assert "pip install -r benchmarks/rivals.lock" in capsys.readouterr().err


def test_without_the_data_each_is_skipped_with_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for main in (speed.main, growth.main, concurrency.main):
        assert main(["--shared", str(tmp_path)]) == 0
        assert "skipped" in capsys.readouterr().out


def test_the_lock_pins_every_version_and_names_no_host() -> None:
    lines = speed.LOCK.read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("#") or line.count("==") == 1 for line in lines)
    assert {"txtai", "llama-index-core", "faiss-cpu", "torch"} <= {line.partition("==")[0] for line in lines}
    assert "://" not in "".join(lines)


SPEEDS = st.floats(0.5, 2.0)


@given(ours=st.lists(SPEEDS, min_size=1, max_size=7), slowness=st.lists(SPEEDS, min_size=7, max_size=7))
def test_a_ratio_says_how_many_times_better_we_are_whatever_slows_all(ours: list[float], slowness: list[float]) -> None:
    def told(words: float, milliseconds: float, slow: float) -> dict[str, float]:
        times = {"search_p50_ms": milliseconds * slow, "search_p95_ms": milliseconds * slow}
        return {"words_s": words / slow, "peak_mb": 10.0, **times}

    rounds = [
        {"pullquote": told(4 * one, 2.0, slow), "txtai": told(one, 6.0, slow)}
        for one, slow in zip(ours, slowness, strict=False)
    ]
    found = speed.ratios(rounds, "txtai")
    assert found["words_s"] == {"median": 4.0, "least": 4.0, "most": 4.0}
    assert found["search_p50_ms"] == {"median": 3.0, "least": 3.0, "most": 3.0}
    assert found["peak_mb"]["median"] == 1.0


@pytest.mark.slow
def test_pullquote_takes_part_and_finds_what_is_asked_for(tmp_path: Path) -> None:
    shared = shared_of(tmp_path)
    entries = [speed.Entry(speed.OURS, sys.executable), rival(tmp_path, BEHAVING)]
    rounds = list(speed.run(ROWS, QUESTIONS, entries, rounds=1))
    figures = speed.summary(rounds, shared, QUESTIONS)
    assert figures["medians"]["pullquote"]["found"] == figures["medians"]["txtai"]["found"] == 1.0
    assert figures["medians"]["pullquote"]["peak_mb"] > 50
    assert "times better" in speed.table({**figures, "articles": len(ROWS), "words": speed.words_in(ROWS)})
    draw([str(write_result("speed", figures, tmp_path)), "--docs", str(tmp_path)])
    assert "words indexed a second" in (tmp_path / "speed.svg").read_text(encoding="utf-8")


class Slow:
    """A contestant that writes down what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def load(self) -> None:
        self.done.append("load")

    def index(self) -> None:
        self.done.append("index")

    def search(self, question: str) -> list[str]:
        self.done.append(question)
        return [question]


def test_a_contestant_loads_then_indexes_then_answers_every_question_once() -> None:
    contestant = Slow()
    told = contend(contestant, Job("", [], ["one?", "two?"], "", "", 10))
    assert contestant.done[:2] == ["load", "index"]
    assert contestant.done[3:] == ["one?", "two?"]  # after one that warms up
    assert told["found"] == [["one?"], ["two?"]]
    assert len(json.loads(json.dumps(told))["search_ms"]) == 2


def test_what_runs_apart_returns_its_result_and_the_memory_of_its_own_process() -> None:
    here = np.ones(150_000_000, np.uint8)  # which the other process does not have
    result, peak = apart(math.gcd, 12, 18)
    assert result == 6
    assert 1_000_000 < peak < here.nbytes


@cache
def seeds() -> Seeds:
    texts = [[f"Mayor {n} of town{n} spoke.", f"It was {n} degrees.", "Rain fell."] for n in range(400)]
    return Seeds(texts, WordEncoder().encode([" ".join(one) for one in texts]).astype(np.float16))


@settings(deadline=None)  # the first one makes the seeds
@given(st.integers(0, 10_000))
def test_a_synthetic_article_is_always_the_same_and_its_passages_are_its_text(number: int) -> None:
    made = seeds()
    article, passages, vectors = article_of(made, number)
    again = article_of(made, number)
    assert (article, passages) == again[:2]
    assert np.array_equal(vectors, again[2])
    assert len(passages) == len(vectors) == PASSAGES
    assert "\n\n".join(article.text[one.start : one.end] for one in passages) == article.text
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_each_narrow_filter_keeps_about_a_hundredth() -> None:
    made = seeds()
    articles = [article_of(made, number)[0] for number in range(2_000)]
    for filters in narrow().values():
        assert 5 <= sum(keeps(filters, article) for article in articles) <= 60
    assert all(keeps(EVERYTHING, article) for article in articles)
    assert {article.collection for article in articles} == {"public", RARE}


def test_seeds_are_what_was_saved(tmp_path: Path) -> None:
    article = Article(url="https://a.example/1", title="Title", text="One sentence. And another one.")
    made = Seeds.of([article], WordEncoder())
    made.save(tmp_path)
    assert Seeds.load(tmp_path).sentences == made.sentences == [["One sentence.", "And another one."]]
    assert np.array_equal(Seeds.load(tmp_path).vectors, made.vectors)


def test_growth_measures_an_archive_that_answers_changes_and_finds_what_brute_force_finds(tmp_path: Path) -> None:
    seeds().save(tmp_path / "seeds")
    work = growth.Work(tmp_path / "archive", tmp_path / "seeds", WordEncoder)
    built = growth.grow(work, 0, 40) | growth.grow(work, 40, 80)
    assert built["passages"] == 79 * PASSAGES  # one of a hundred was deleted again
    served, found = growth.serve(work, ASKED), growth.recall(work, ASKED, 80)
    assert served["living"]["search"]["p50_ms"] > 0
    assert found["recall_all"] == found["recall_publisher"] == found["recall_dates"] == 1.0
    result = {"steps": [{**built, **served, **found, "build_peak_mb": 90, "serve_peak_mb": 80}]}
    draw([str(write_result("growth", result, tmp_path)), "--docs", str(tmp_path)])
    assert "recall@10" in (tmp_path / "growth.svg").read_text(encoding="utf-8")


def test_recall_counts_what_is_missing(tmp_path: Path) -> None:
    seeds().save(tmp_path / "seeds")
    work = growth.Work(tmp_path / "archive", tmp_path / "seeds", WordEncoder)
    growth.grow(work, 0, 20)  # where there should be 80
    found = growth.recall(work, ASKED, 80)
    assert found["recall_all"] < 0.9


def test_every_asker_level_answers_every_question(tmp_path: Path) -> None:
    config = IndexConfig(data=tmp_path / "data")
    opened = partial(NewsIndex.open, config, encoder=WordEncoder(), reader=WordReader())
    write_rows(tmp_path / "articles.jsonl", ROWS)
    opened().add_sources([str(tmp_path / "articles.jsonl")])
    figures = concurrency.run(opened, QUESTIONS, (1, 8))
    assert figures["search"].keys() == figures["ask"].keys() == {"1", "8"}
    assert all(one["p50_ms"] <= one["p95_ms"] <= one["p99_ms"] for one in figures["ask"].values())
    assert f"p99 at {concurrency.CROWD} askers" in concurrency.table(figures)
    draw([str(write_result("concurrency", figures, tmp_path)), "--docs", str(tmp_path)])
    assert "askers" in (tmp_path / "concurrency.svg").read_text(encoding="utf-8")
