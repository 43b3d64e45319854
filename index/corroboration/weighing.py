"""Claims to reports: which say the same, how many outlets stand behind them, which comes first."""

import math
from collections.abc import Sequence
from dataclasses import replace

from index.corroboration.claims import Claim, Reported
from index.corroboration.copies import by_outlet
from index.corroboration.corrections import overrules
from index.corroboration.sameness import same, size

BACKING = 0.1  # of the likeliest claim: who is less likely to say so than that names the answer, and backs nothing


def weigh(claims: Sequence[Claim]) -> list[Reported]:
    """What is reported, best first: by support, but a correction stands before what it overrules.

    The same for any order of the claims. Every claim is in exactly one report.
    """
    found = [_report(group) for group in _group(claims)]
    overruled = {id(one): [other for other in found if overrules(one, other)] for one in found}
    settled = {id(other) for others in overruled.values() for other in others}
    standing = {id(one): max(other.support for other in (one, *overruled[id(one)])) for one in found}
    marked = [(standing[id(r)], replace(r, corrected=bool(overruled[id(r)]) and id(r) not in settled)) for r in found]
    return [
        r for _, r in sorted(marked, key=lambda m: (-m[0], not m[1].corrected, -m[1].support, _order(m[1].claims[0])))
    ]


def _group(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Claims whose answers are all the same, pair by pair.

    Fuller answers come first, so that "Bush" joins the likelier one of "George Bush" and "Kate Bush".
    """
    groups: list[list[Claim]] = []
    for claim in sorted(claims, key=lambda c: (-size(c.answer), c.answer, _order(c))):
        fitting = [group for group in groups if all(same(claim.answer, other.answer) for other in group)]
        if fitting:
            max(fitting, key=lambda group: max(other.probability for other in group)).append(claim)
        else:
            groups.append([claim])
    return groups


def _report(group: Sequence[Claim]) -> Reported:
    """The claims of one group with their support, the noisy-or of the outlets: 1 - prod(1 - p).

    p is the best claim of each independent outlet, so a further copy of a story adds no factor. Pearl 1988,
    Probabilistic Reasoning in Intelligent Systems, section 4.3.2.
    """
    best = {outlet: max(claim.probability for claim in told) for outlet, told in by_outlet(group).items()}
    likeliest = max(best.values())
    backing = tuple(outlet for outlet, probability in best.items() if probability >= BACKING * likeliest)
    support = 1 - math.prod(1 - probability for probability in best.values())
    return Reported(tuple(sorted(group, key=_order)), backing, support, corrected=False)


def _order(claim: Claim) -> tuple[float, str, int, int, str]:
    """Likelier claims first; ties in one fixed order."""
    return -claim.probability, claim.article.url, claim.quote.start, claim.quote.end, claim.answer
