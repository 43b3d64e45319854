"""Whether two articles carry one text: as it was, edited, or cut shorter."""

from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import TypeVar

from index.stories.wording import Wording

T = TypeVar("T")

# Shares of the shorter set that the longer one holds (containment: Broder 1997, "On the resemblance and containment of
# documents"). Chosen on benchmarks/copies.py and on 16,319 articles of 2023 and 2024: docs/quality-log.md.
SAME_HEAD = 0.55  # of each head in the other text: who repeats the background of last week's report has a new head
SAME_BODY = 0.55
SAME_SHORT_BODY = 0.8  # where the shorter has few words: a caption and an appeal may be all that two pages share
SHORT_SHINGLES = 120
FEWEST_SHINGLES = 12  # a text with fewer is a copy only of the very same words

SAME_FIGURES = 0.75  # two weather reports or results share their sentences, and neither figures nor names
SAME_NAMES = 0.6
FEW = 3  # figures or names that are too few to tell anything

SAME_NEWS = timedelta(days=7)  # who takes over a text does so within days;
SAME_EVERGREEN = 0.8  # later ones are this year's version of last year's page, unless so much of all words is the same


def are_copies(one: Wording, other: Wording) -> bool:
    """Whether the two carry one text. The same in either order."""
    shorter = min(len(one.body), len(other.body))
    if shorter < FEWEST_SHINGLES:
        return one.words == other.words
    if contained(one.body, other.body) < (SAME_SHORT_BODY if shorter < SHORT_SHINGLES else SAME_BODY):
        return False
    if min(_within(one.head, other), _within(other.head, one)) < SAME_HEAD or not _in_time(one, other):
        return False
    return _alike(one.figures, other.figures, SAME_FIGURES) and _alike(one.names, other.names, SAME_NAMES)


def contained(one: AbstractSet[T], other: AbstractSet[T]) -> float:
    """The share of the smaller set that the larger one holds; 0 where one of them is empty."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0


def _within(head: AbstractSet[tuple[str, ...]], text: Wording) -> float:
    """The share of a head that the other text holds, of so much of it as the other can hold."""
    return len(head & text.body) / min(len(head), len(text.body))


def _in_time(one: Wording, other: Wording) -> bool:
    if one.published_at is None or other.published_at is None:
        return True
    near = abs(one.published_at - other.published_at) <= SAME_NEWS
    return near or len(one.body & other.body) >= SAME_EVERGREEN * len(one.body | other.body)


def _alike(one: AbstractSet[str], other: AbstractSet[str], least: float) -> bool:
    return min(len(one), len(other)) < FEW or contained(one, other) >= least
