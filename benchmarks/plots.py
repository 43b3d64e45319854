"""How fast it is, drawn: beside its rivals, as the archive grows, and as more people ask.

python -m benchmarks.plots RESULT.json... [--docs FOLDER]

draws each result of `speed`, `growth` and `concurrency` into `docs/<that>.svg`.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.command import ROOT, Row
from benchmarks.curves import GREEN, GREY, save
from benchmarks.growth import K

RED = "#B4552D"


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw what is named."""
    parser = argparse.ArgumentParser(description="Draw results of speed, growth and concurrency.")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    parser.add_argument("result", type=Path, nargs="+")
    options = parser.parse_args(arguments)
    for file in options.result:
        result = json.loads(file.read_text(encoding="utf-8"))
        source = (
            f"{result['set']}, commit {result['commit'][:10]}, {result['date']}, {result['machine']['cores']} cores"
        )
        {"speed": draw_speed, "growth": draw_growth, "concurrency": draw_concurrency}[result["set"]](
            result, source, options.docs / f"{result['set']}.svg"
        )
    return 0


def draw_speed(result: Row, source: str, file: Path) -> None:
    """Medians as bars; the whiskers are the least and the most of the rounds."""
    panels = {"words_s": "words indexed a second", "search_p50_ms": "search, p50 in ms", "peak_mb": "peak memory in MB"}
    figure = Figure(figsize=(9, 3), layout="constrained")
    names = list(result["medians"])
    for axes, (key, label) in zip(figure.subplots(1, len(panels)), panels.items(), strict=True):
        values = [result["medians"][name][key] for name in names]
        spread = [[one[name][key] for one in result["rounds"]] for name in names]
        below = [max(0.0, value - min(every)) for value, every in zip(values, spread, strict=True)]
        above = [max(0.0, max(every) - value) for value, every in zip(values, spread, strict=True)]
        colours = [GREEN if name == "pullquote" else GREY for name in names]
        axes.barh(names, values, xerr=[below, above], color=colours, ecolor="black")
        axes.set(xlabel=label)
        axes.invert_yaxis()
        if axes is not figure.axes[0]:
            axes.set_yticklabels([])
    save(figure, source, file)


def draw_growth(result: Row, source: str, file: Path) -> None:
    """Time, size and recall over passages; what grows as the archive does is the dashed line."""
    figure = Figure(figsize=(9, 6), layout="constrained")
    steps = result["steps"]
    sizes = [step["passages"] for step in steps]
    lines = {
        "search, ms": {
            "p50": [step["search"]["p50_ms"] for step in steps],
            "p95": [step["search"]["p95_ms"] for step in steps],
            "p50 while articles come and go": [step["living"]["search"]["p50_ms"] for step in steps],
        },
        "seconds": {
            "open, first search included": [step["open_s"] for step in steps],
            "add one article": [step["living"]["add_one_s"] for step in steps],
            "remove ten": [step["living"]["remove_s"] for step in steps],
        },
        "GB": {
            "memory, serving": [step["serve_peak_mb"] / 1e3 for step in steps],
            "memory, building": [step["build_peak_mb"] / 1e3 for step in steps],
            "disk": [step["gb_on_disk"] for step in steps],
        },
        f"recall@{K} against exact": {
            name: [step[f"recall_{name}"] for step in steps] for name in ("all", "collection", "publisher", "dates")
        },
    }
    for axes, (label, drawn) in zip(figure.subplots(2, 2).flat, lines.items(), strict=True):
        for (name, values), colour in zip(drawn.items(), (GREEN, GREY, RED, "black"), strict=False):
            axes.plot(sizes, values, color=colour, marker="o", markersize=3, label=name)
        axes.set(xlabel="passages", ylabel=label, xscale="log")
        if "recall" in label:
            axes.set(ylim=(0.9, 1.005))
        else:
            first = next(iter(drawn.values()))[0]
            axes.plot(sizes, [first * size / sizes[0] for size in sizes], color=GREY, linestyle=":", label="linear")
            axes.set(yscale="log")
        axes.legend(fontsize=7)
    save(figure, source, file)


def draw_concurrency(result: Row, source: str, file: Path) -> None:
    """Percentiles over the number of people who ask at once."""
    figure = Figure(figsize=(8, 3.5), layout="constrained")
    for axes, way in zip(figure.subplots(1, 2), ("search", "ask"), strict=True):
        levels = result[way]
        for key, colour in {"p50_ms": GREEN, "p95_ms": GREY, "p99_ms": RED}.items():
            times = [one[key] for one in levels.values()]
            axes.plot([int(one) for one in levels], times, color=colour, marker="o", markersize=3, label=key[:3])
        axes.set(xlabel="askers", ylabel=f"{way}, ms", xscale="log", xticks=[int(one) for one in levels])
        axes.set_xticklabels(list(levels))
        axes.minorticks_off()
        axes.set(ylim=(0, None))
        axes.legend(fontsize=8)
    save(figure, source, file)


if __name__ == "__main__":
    sys.exit(main())
