"""Run the real command line over the evaluation data beside the project and write down how good and how fast it is.

python -m benchmarks.quality --data FOLDER [--set NAME] [--sample N [--articles M]] [--foreign] [--no-repeat]
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.command import ROOT, CommandFailed, Pullquote, Row, Run, write_rows
from benchmarks.curves import recall_curve, reliability
from benchmarks.datasets import Shared, archive_for, newsqa_articles, newsqa_questions, sample_of
from benchmarks.results import write_result

REALTIMEQA = "realtimeqa-2024"
FOREIGN = "realtimeqa-2022"  # the archive that does not answer the questions of 2024
NEWSQA = "newsqa-dev"
TRECQA = "trecqa-dev"
NEEDS = {REALTIMEQA: f"{REALTIMEQA}-articles", NEWSQA: NEWSQA, TRECQA: TRECQA}


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked over which articles, and how it is scored."""

    archive: str  # name of its folder
    measure: str  # of score.py
    articles: list[Row]
    gold: list[Row]
    questions: list[Row]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sets that were asked for; 0 also when the data is not there, as it is not part of the project."""
    options = _parser().parse_args(arguments)
    shared = Shared(options.shared)
    for name in options.set or NEEDS:
        if not shared.has(NEEDS[name]):
            print(f"{name}: skipped, {shared.folder} does not hold the evaluation data.")
            continue
        try:
            figures = _RUNS[name](shared, options)
        except CommandFailed as error:
            sys.exit(f"{name}: {error}")
        print(f"{name}: {figures}")
        print(f"written to {write_result(name + _suffix(name, options), figures)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure Pullquote on the evaluation data beside the project.")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder with data/ and eval/")
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "benchmarks", help="where archives are kept")
    parser.add_argument("--set", action="append", choices=list(NEEDS), help="only this one; may be repeated")
    parser.add_argument("--sample", type=int, metavar="N", help="a fixed sample of N questions")
    parser.add_argument("--articles", type=int, default=400, metavar="M", help="archive of a sample (default: 400)")
    parser.add_argument("--foreign", action="store_true", help="ask the archive of 2022 too, which cannot answer")
    parser.add_argument("--no-repeat", action="store_true", help="do not ask a second time to compare the answers")
    return parser


def _suffix(name: str, options: argparse.Namespace) -> str:
    if not options.sample or name == TRECQA:
        return ""
    return f"-sample{options.sample}" + (f"of{options.articles}" if name == REALTIMEQA else "")


def _realtimeqa(shared: Shared, options: argparse.Namespace) -> Row:
    gold = [row for row in shared.rows(f"{REALTIMEQA}-questions") if row["answerable"]]  # the only ones that are scored
    gold = sample_of(gold, options.sample)
    articles = shared.rows(f"{REALTIMEQA}-articles")
    if options.sample:
        articles = archive_for(gold, articles, options.articles)
    questions = [{key: row[key] for key in ("id", "question", "asked_on")} for row in gold]
    archive = REALTIMEQA + _suffix(REALTIMEQA, options)
    answers, figures = _measure(Case(archive, "realtimeqa", articles, gold, questions), shared, options)
    holds = shared.holds()
    figures |= {"recall_curve": recall_curve(gold, answers, holds), "reliability": reliability(gold, answers, holds)}
    if options.foreign:
        figures["abstention"] = _abstention(answers, questions, gold, shared, options)
    if options.sample:
        figures["note"] = (
            "A sampled archive is far smaller than the whole and thereby easier: compare with its like only."
        )
    return figures


def _abstention(
    answers: list[Row], questions: list[Row], gold: list[Row], shared: Shared, options: argparse.Namespace
) -> Row:
    """How well the confidence tells the questions from the same ones asked of an archive that cannot answer them."""
    pullquote = Pullquote(options.data / FOREIGN)
    _fill(pullquote, shared.rows(f"{FOREIGN}-articles"))
    foreign, _ = pullquote.ask(questions)
    return _score(shared, "abstention", answers, foreign, gold)


def _newsqa(shared: Shared, options: argparse.Namespace) -> Row:
    rows = shared.rows(NEWSQA)
    asked = sample_of(newsqa_questions(rows), options.sample)
    wanted = {row["id"] for row in asked}
    gold = [row | {"questions": [one for one in row["questions"] if one["id"] in wanted]} for row in rows]
    gold = [row for row in gold if row["questions"]]  # each question is asked within its own article
    case = Case(NEWSQA + _suffix(NEWSQA, options), "spans", newsqa_articles(gold), gold, asked)
    return _measure(case, shared, options)[1]


def _trecqa(shared: Shared, _: argparse.Namespace) -> Row:
    from index import score_sentences  # noqa: PLC0415  the other sets never load the model in this process

    gold = shared.rows(TRECQA)
    scores = [
        {"id": row["id"], "scores": score_sentences(row["question"], [one["text"] for one in row["candidates"]])}
        for row in gold
    ]
    return {"figures": _score(shared, "ranking", gold, scores)}


_RUNS = {REALTIMEQA: _realtimeqa, NEWSQA: _newsqa, TRECQA: _trecqa}


def _measure(case: Case, shared: Shared, options: argparse.Namespace) -> tuple[list[Row], Row]:
    """The answers and their figures. Fill the archive, ask, score, verify each quote, and ask again."""
    pullquote = Pullquote(options.data / case.archive)
    indexing = _fill(pullquote, case.articles)
    print(f"{case.archive}: asking {len(case.questions):,} questions", flush=True)
    answers, run = pullquote.ask(case.questions)
    figures: Row = {
        "figures": _score(shared, case.measure, case.gold, answers),
        "quotes": _verbatim(shared, pullquote, answers),
        "asking": _speed(answers, run),
        "indexing": indexing,
    }
    if not options.no_repeat:
        figures["same_on_second_run"] = untimed(answers) == untimed(pullquote.ask(case.questions)[0])
    return answers, figures


def _fill(pullquote: Pullquote, articles: list[Row]) -> Row:
    """Add the articles; those that are there already cost little. Speed is told for an archive made from nothing."""
    before = pullquote.articles()
    words = sum(len(article["text"].split()) for article in articles)
    print(f"adding {len(articles):,} articles, {words:,} words, to the {before:,} in {pullquote.data}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "articles.jsonl"
        write_rows(file, articles)
        run = pullquote.add(file)
    figures: Row = {"articles": len(articles), "words": words, "report": run.output.strip()}
    if before == 0:
        figures |= {
            "seconds": round(run.seconds, 1),
            "words_per_second": round(words / run.seconds),
            "peak_memory_mb": round(run.peak_bytes / 1e6),
        }
    return figures


def _score(shared: Shared, measure: str, *tables: list[Row]) -> Row:
    """What the scorer says of tables, gold before predictions, as it takes them."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.jsonl" for number in range(len(tables))]
        for file, table in zip(files, tables, strict=True):
            write_rows(file, table)
        return shared.score(measure, *files)


def _verbatim(shared: Shared, pullquote: Pullquote, answers: list[Row]) -> Row:
    """Whether every quote is the slice of the stored text that it says it is."""
    quoted = sorted({quote["article_id"] for answer in answers for quote in answer["quotes"]})
    return _score(shared, "quotes", list(pullquote.texts(quoted)), answers)


def _speed(answers: list[Row], run: Run) -> Row:
    """Milliseconds a question inside the program; seconds and memory of the whole process, the start included."""
    times = sorted(answer["elapsed_ms"] for answer in answers)
    return {
        "questions": len(times),
        "p50_ms": times[len(times) // 2],
        "p95_ms": times[int(len(times) * 0.95)],
        "seconds": round(run.seconds, 1),
        "peak_memory_mb": round(run.peak_bytes / 1e6),
    }


def untimed(answers: list[Row]) -> list[Row]:
    """The answers without the one key that may differ from run to run."""
    return [{key: value for key, value in answer.items() if key != "elapsed_ms"} for answer in answers]


if __name__ == "__main__":
    sys.exit(main())
