"""Answers that contradict each other and have comparable support, to be shown side by side. None in doubt."""

import re
from collections.abc import Iterator, Sequence

from index.corroboration.claims import Claim, Reported
from index.corroboration.corrections import SAME_STORY, overrules
from index.corroboration.sameness import differ, holds

# Of the first answer's support that another must have, and support under which an answer is a doubtful reading and no
# report. Two figures or dates are seldom a misreading of one another; two names often are (docs/quality-log.md).
COMPARABLE, CREDIBLE = 0.7, 0.4
COMPARABLE_FIGURE, CREDIBLE_FIGURE = 0.4, 0.2
COMPARABLE_HARM, CREDIBLE_HARM = 0.15, 0.1  # both count the injured, or both the dead

_HARM = (  # what a figure of people counts; the dead and the injured of one event are no conflict
    re.compile(r"(?i)\b(?:kill|dead|die[ds]?|death|fatal|bod(?:y|ies)|toll)"),
    re.compile(r"(?i)\b(?:injur|wound|hurt|hospital)"),
    re.compile(r"(?i)\bmissing|unaccounted"),
    re.compile(r"(?i)\b(?:arrest|detain|charged)"),
    re.compile(r"(?i)\b(?:rescue|surviv|saved)"),
)
_REVISED = re.compile(
    r"(?i)\b(?:rose|risen|rising|raised|climbed|up from|down from|lowered|revised|earlier|previously|initially)\b"
)


def conflicts(reported: Sequence[Reported]) -> tuple[Reported, ...]:
    """The first report and those with comparable support that contradict it; only the first where none does.

    Empty for an empty sequence. What the first overrules as a correction is settled, and no conflict.
    """
    return (*reported[:1], *(other for other in reported[1:] if _is_rival(reported[0], other)))


def _is_rival(first: Reported, other: Reported) -> bool:
    mine, yours = first.claims[0], other.claims[0]
    figures = all(re.search(r"\d", claim.answer) for claim in (mine, yours))
    share, least = (COMPARABLE_FIGURE, CREDIBLE_FIGURE) if figures else (COMPARABLE, CREDIBLE)
    if figures and _harm(mine) is not None and _harm(mine) == _harm(yours):
        share, least = COMPARABLE_HARM, CREDIBLE_HARM
    if min(first.support, other.support) < least or other.support < share * first.support:
        return False
    if not differ(mine.answer, yours.answer) or not _in_one_story(mine, yours) or overrules(first, other):
        return False
    return _count_alike(mine, yours) and not (_go_together(first, other) or _go_together(other, first))


def _in_one_story(mine: Claim, yours: Claim) -> bool:
    """Published within two weeks of each other, as far as one knows."""
    one, other = mine.article.published_at, yours.article.published_at
    return one is None or other is None or abs(one - other) <= SAME_STORY


def _go_together(here: Reported, there: Reported) -> bool:
    """Whether a quote of `here` names both answers, or its first article sets one off as part of the other.

    A quote that says that a figure has changed names both, and still they differ.
    """
    answer, article = there.claims[0].answer, here.claims[0].article
    part_of = (
        rf"\b{re.escape(here.claims[0].answer)}(?:, | in |[’']s )(?:the )?{re.escape(answer)}\b"  # "Budapest, Hungary"
    )
    alternately = rf"\b{re.escape(answer)}(?:, | in |[’']s )(?:the )?{re.escape(here.claims[0].answer)}\b"
    if re.search(f"{part_of}|{alternately}", article.text):
        return True
    return any(
        holds(claim.text, answer, beside=claim.answer) and not _REVISED.search(claim.text) for claim in here.claims
    )


def _count_alike(mine: Claim, yours: Claim) -> bool:
    """Whether both count the same harm, where both tell of any."""
    one, other = _harm(mine), _harm(yours)
    return one is None or other is None or one == other


def _harm(claim: Claim) -> int | None:
    """The number of the harm that is named nearest to the answer in its quote."""
    at = max(claim.text.find(claim.answer), 0)
    found = list(_distances(claim.text, at, at + len(claim.answer)))
    return min(found)[1] if found else None


def _distances(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for number, pattern in enumerate(_HARM):
        for match in pattern.finditer(text):
            yield max(match.start() - end, start - match.end(), 0), number
