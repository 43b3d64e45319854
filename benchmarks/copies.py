"""How well copies are told from sources: a set of edited copies and look-alikes made from the samples, and its score.

`.venv/bin/python -m benchmarks.copies` prints precision and recall over pairs of articles, by kind of copy.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from benchmarks.command import ROOT
from benchmarks.forms import TOWNS, form_pages
from index.articles import read_sources
from index.stories import are_copies, meet, sketch_of, wording_of
from index.types import Article

SAMPLES = ROOT / "samples" / "articles"
SECOND_STORIES = Path(__file__).parent / "second_stories.jsonl"
SEED = 20251123
BOILERPLATE = (
    "This article first appeared in the weekend edition and has been adapted for our readers online.",
    "Sign up for our morning letter and get the news of the coast in your inbox every day at six.",
    "The reporting for this story was supported by readers. Our newsroom is independent and owned by its staff.",
    "Do you know more about this? Write to the desk in confidence; we read every letter and protect our sources.",
)
DATELINES = ("VESSIN (AP) —", "PORT ALDER (Reuters) -", "EASTVALE (Northern Wire) —", "TOLMOUTH, Oct. 3 (AFP) —")


Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """An article of the set. Two are copies where `origin` is the same."""

    article: Article
    origin: str
    kind: str


def copy_set(seed: int = SEED) -> list[Sample]:
    """The samples, nine copies of each, second stories on eight of the events, and pages made from templates."""
    dice = random.Random(seed)  # noqa: S311 - no secret is made here
    originals = _originals()
    pool = sorted({word for one in originals for word in re.findall(r"\b[a-z]{4,}\b", one.article.text)})
    made = [copy for one in originals for copy in _copies(one, pool, dice)]
    return [*originals, *made, *_second_stories(), *_forms(dice)]


def copies_in(samples: Sequence[Sample]) -> set[Pair]:
    """The pairs of positions that are copies in truth."""
    return {(i, j) for i, j in combinations(range(len(samples)), 2) if samples[i].origin == samples[j].origin}


def found_in(samples: Sequence[Sample]) -> set[Pair]:
    """The pairs that are found to be copies, each looked at alone."""
    known = [(sketch_of(wording), wording) for wording in (wording_of(one.article) for one in samples)]
    return {
        (i, j)
        for i, j in combinations(range(len(known)), 2)
        if meet(known[i][0], known[j][0]) and are_copies(known[i][1], known[j][1])
    }


def joined(found: Iterable[Pair], size: int) -> set[Pair]:
    """The pairs that lie in one story: those that copies connect, as the archive joins them."""
    story = list(range(size))
    for i, j in found:
        story = [story[i] if one == story[j] else one for one in story]
    return {(i, j) for i, j in combinations(range(size), 2) if story[i] == story[j]}


def precision_and_recall(found: set[Pair], truth: set[Pair]) -> tuple[float, float]:
    """Both are 1 where there is nothing to find."""
    right = len(found & truth)
    return right / len(found) if found else 1.0, right / len(truth) if truth else 1.0


def _originals() -> list[Sample]:
    """The samples; the three that carry one wire story are copies of one another."""
    found = [one for one in read_sources([str(SAMPLES)]) if isinstance(one, Article)]
    return [Sample(one, "dock-deal" if "PORT ALDER (Northern" in one.text else one.url, "original") for one in found]


def _copies(one: Sample, pool: Sequence[str], dice: random.Random) -> Iterator[Sample]:
    text = one.article.text
    dropped = _dropped(text, 0.25, dice)
    yield _copy(one, "exact", text, dice)
    yield _copy(one, "dressed", _dressed(text, dice), dice)
    for share in (0.04, 0.1, 0.15):
        yield _copy(one, f"{share:.0%} of the words", _reworded(text, share, pool, dice), dice)
    yield _copy(one, "paragraphs dropped", dropped, dice)
    for share in (0.5, 0.3):
        yield _copy(one, f"shortened to {share:.0%}", _shortened(text, share), dice)
    yield _copy(one, "everything", _dressed(_reworded(_dropped(text, 0.2, dice), 0.06, pool, dice), dice), dice)


def _copy(one: Sample, kind: str, text: str, dice: random.Random) -> Sample:
    outlet = dice.choice(TOWNS)
    url = f"https://{outlet.lower()}.example/{dice.getrandbits(48):x}"
    headline = f"{outlet}: {' '.join(dice.sample(one.article.title.split(), k=3))}"
    article = replace(one.article, url=url, title=headline, text=text, publisher=f"{outlet} News", headings=())
    return Sample(article, one.origin, kind)


def _dressed(text: str, dice: random.Random) -> str:
    """With a dateline, a byline above it and boilerplate of the outlet below."""
    story = text.partition("—")[2].strip() if "—" in text[:40] else text
    return "\n\n".join(["By our own reporters", f"{dice.choice(DATELINES)} {story}", *dice.sample(BOILERPLATE, k=2)])


def _reworded(text: str, share: float, pool: Sequence[str], dice: random.Random) -> str:
    """With a share of all words, in lower case and scattered, changed for others."""

    def other(match: re.Match[str]) -> str:
        return dice.choice(pool) if dice.random() < share else match[0]

    return re.sub(r"\b[a-z]{2,}\b", other, text)


def _dropped(text: str, share: float, dice: random.Random) -> str:
    parts = text.split("\n\n")
    gone = set(dice.sample(range(len(parts)), k=max(1, round(share * len(parts)))))
    return "\n\n".join(part for number, part in enumerate(parts) if number not in gone)


def _shortened(text: str, share: float) -> str:
    parts = text.split("\n\n")
    return "\n\n".join(parts[: max(2, round(share * len(parts)))])


def _second_stories() -> Iterator[Sample]:
    """Other reports on events of the samples, with a quotation and figures in common."""
    for line in SECOND_STORIES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        url = f"https://second.example/{row['of']}"
        yield Sample(Article(url, row["title"], row["text"], publisher="The Second Look"), url, "second story")


def _forms(dice: random.Random) -> Iterator[Sample]:
    return (Sample(page, page.url, "form") for page in form_pages(dice))


def main() -> None:
    """Print the figures: of pairs alone, of originals with each kind of copy, and of stories."""
    samples = copy_set()
    truth, found = copies_in(samples), found_in(samples)
    for name, pairs in (("pairs alone", found), ("stories", joined(found, len(samples)))):
        precision, recall = precision_and_recall(pairs, truth)
        print(f"{name}: precision {precision:.4f}, recall {recall:.4f} of {len(truth):,}")
    for kind in dict.fromkeys(one.kind for one in samples):
        of_kind = {(i, j) for i, j in truth if samples[i].kind == "original" and samples[j].kind == kind}
        if of_kind:
            print(f"  original and {kind}: recall {precision_and_recall(found & of_kind, of_kind)[1]:.3f}")


if __name__ == "__main__":
    main()
