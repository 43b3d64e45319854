"""From answers to curves: how deep one has to look for the answer, and whether the confidence tells the truth.

python -m benchmarks.curves RESULT.json [--docs FOLDER]

draws the curves of a result of `realtimeqa-2024` into `docs/recall.svg` and `docs/reliability.svg`.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.command import ROOT, Row

DEPTHS = range(1, 21)
BINS = 10
GREEN, GREY = "#2D8C6F", "#8A8F98"

Holds = Callable[[Sequence[str], str], bool]  # whether a text holds one of the answers


def recall_curve(gold: Sequence[Row], answers: Sequence[Row], holds: Holds) -> dict[str, list[float]]:
    """The share of questions whose answer stands in one of the first k passages, for k from 1; quotes likewise."""
    given = {answer["id"]: answer for answer in answers}
    return {
        "passages": [_share(gold, given, "passages", k, holds) for k in DEPTHS],
        "quotes": [_share(gold, given, "quotes", k, holds) for k in DEPTHS[:3]],
    }


def reliability(gold: Sequence[Row], answers: Sequence[Row], holds: Holds) -> Row:
    """Answered questions by confidence in ten bins: mean confidence, share whose first quote is right, how many.

    `ece` is the expected calibration error of Naeini, Cooper and Hauskrecht (AAAI 2015).
    """
    given = {answer["id"]: answer for answer in answers}
    pairs = [
        (given[row["id"]]["confidence"], holds(row["answers"], given[row["id"]]["quotes"][0]["text"]))
        for row in gold
        if given[row["id"]]["quotes"]
    ]
    bins = []
    for low in range(BINS):
        inside = [pair for pair in pairs if min(int(pair[0] * BINS), BINS - 1) == low]
        if inside:
            confidence, right = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            bins.append({"confidence": round(confidence, 3), "right": round(right, 3), "questions": len(inside)})
    error = sum(one["questions"] * abs(one["confidence"] - one["right"]) for one in bins) / max(1, len(pairs))
    return {"ece": round(error, 4), "bins": bins}


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw both curves."""
    parser = argparse.ArgumentParser(description="Draw the curves of a result of realtimeqa-2024.")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    parser.add_argument("result", type=Path)
    options = parser.parse_args(arguments)
    result = json.loads(options.result.read_text(encoding="utf-8"))
    source = f"{result['set']}, commit {result['commit'][:10]}, {result['date']}"
    draw_recall(result["recall_curve"], source, options.docs / "recall.svg")
    draw_reliability(result["reliability"], source, options.docs / "reliability.svg")
    return 0


def draw_recall(curve: Row, source: str, file: Path) -> None:
    """How deep one has to look for the answer."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(DEPTHS, curve["passages"], color=GREEN, marker="o", markersize=3, label="the passages found")
    axes.plot(DEPTHS[:3], curve["quotes"], color=GREY, marker="s", markersize=4, label="the quotes shown")
    axes.set(xlabel="looked at, best first", ylabel="questions whose answer is there", ylim=(0, 1), xticks=DEPTHS[::2])
    axes.legend(loc="lower right")
    save(figure, source, file)


def draw_reliability(found: Row, source: str, file: Path) -> None:
    """Whether the confidence says how often the first quote is right."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="as it should be")
    bins = found["bins"]
    axes.plot([one["confidence"] for one in bins], [one["right"] for one in bins], color=GREEN)
    axes.scatter(
        [one["confidence"] for one in bins],
        [one["right"] for one in bins],
        s=[one["questions"] for one in bins],
        color=GREEN,
        label=f"answered questions (error {found['ece']:.3f})",
    )
    axes.set(xlabel="confidence", ylabel="first quote holds the answer", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="lower right")
    save(figure, source, file)


def save(figure: Figure, source: str, file: Path) -> None:
    """Write it, with where the figures come from above it; the same figures give the same bytes."""
    figure.axes[0].set_title(source, fontsize=8, color=GREY)
    with mpl.rc_context({"svg.hashsalt": "pullquote", "svg.fonttype": "none"}):  # the same bytes for the same figures
        figure.savefig(file, metadata={"Date": None})


def _share(gold: Sequence[Row], given: dict[str, Row], kind: str, depth: int, holds: Holds) -> float:
    right = sum(any(holds(row["answers"], one["text"]) for one in given[row["id"]][kind][:depth]) for row in gold)
    return round(right / len(gold), 4)


if __name__ == "__main__":
    sys.exit(main())
