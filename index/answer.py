"""Evidence to an answer: choose the quotes, say who agrees and who does not, or decline."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.corroboration import Claim, Reported, conflicts, weigh
from index.evidence import Evidence, read_hits
from index.reader import Reader
from index.search import spread
from index.speakers import kind_of_speech, name_speaker
from index.types import Answer, Article, Filters, Hit, NoEvidence, Quote, Rival

SHOWN_HITS = 20  # passages that an answer carries along
PER_ARTICLE = 2  # quotes of one article in an answer
CLAIMS = 12  # articles whose best answers are weighed against each other
KEPT = 2.0  # quotes that score further below the first are left out: e^-2, an eighth as likely
SAME_ARTICLE = 1.0  # the same for more of the first one's article, which is mostly padding; costs no hit on 2024
FEW, KEPT_OF_MANY = 3, 3.0  # who asks for more than a few quotes wants less likely ones, too: e^-3, one in 20

# Confidence is 1 / (1 + exp(-(c · features + BASE))): how often the first quote held the answer on realtimeqa-2024. How
# the features weigh was fitted with an archive of 2022 besides, which cannot answer those (docs/quality-log.md).
CONFIDENCE = (0.357, 0.195, 0.494, 1.392)
BASE = -1.043
STRAY_YEAR = 0.5  # of the confidence is left where the question names years and the source knows none of them
UNDATED = 0.6  # stands for how timely an article without a date is: the mean of 2024

# Shown as who says it: somebody with a name, or an office that speaks; not "a count" or "a new study".
_SOMEBODY = re.compile(
    r"[A-Z]|\b(?:authority|authorities|police|officials?|spokes\w+|minist\w+|government|prosecutors?|company)$"
)

_WHY = re.compile(r"(?i)^\W*(?:and |but |so )?(?:why|how come)\b|\bwhat (?:is|was|were) the (?:reason|cause)s?\b")
_CAUSES = (
    r"because(?: of)?|due to|owing to|thanks to|as a result of|caused by|over|amid|following|after|since|in order to"
)
_CAUSE_FOLLOWS = re.compile(rf"(?i)\b(?:{_CAUSES})\s+(?:(?:the|an?|its|his|her|their|what)\s+)?$")
_BEGINS_AS_CAUSE = re.compile(rf"(?i)(?:{_CAUSES})\b")

# "the U.S. Food" of "the U.S. Food and Drug Administration", or one of two people.
_GOES_ON = re.compile(r"\s+(?:and|&)\s+(?:the\s+)?[A-Z]")


def compose(
    question: str, hits: Sequence[Hit], reader: Reader, filters: Filters, *, quotes: int, min_confidence: float
) -> Answer | NoEvidence:
    """The best sentences of the hits as quotes, or `NoEvidence` when none is good enough.

    `hits` come best first. At most `quotes` quotes; a confidence under `min_confidence` declines.
    """
    read, evidence = read_hits(question, hits, reader)
    ranked = [hit for hit, _ in read] + list(hits[len(read) :])
    shown = tuple(spread(ranked, filters)[:SHOWN_HITS])
    reported = weigh([_claim(one) for one in _best_of_each_article(evidence)])
    confidence = confidence_of(features(evidence, reported)) if reported else 0.0
    if reported and _of_another_year(question, reported[0].claims[0].article):
        confidence *= STRAY_YEAR
    if not reported or confidence < min_confidence:
        return NoEvidence(question, confidence, shown)
    first, *others = conflicts(reported)
    lead = _evidence_for(first.claims[0], evidence)
    chosen = tuple(_choose([lead, *evidence], quotes))
    rivals = tuple(_rival(other, evidence) for other in others)
    short = lead.answer if _answers_the_kind(question, lead) else None
    return Answer(question, chosen, short, confidence, shown, first.outlets, rivals, first.corrected)


def _answers_the_kind(question: str, lead: Evidence) -> bool:
    """Whether the span can stand alone over the quotes: of "why?", what is not given as a cause there is none."""
    if not _WHY.search(question):
        return True
    before = lead.article.text[lead.quote.start : lead.span.start]
    return bool(_CAUSE_FOLLOWS.search(before) or _BEGINS_AS_CAUSE.match(lead.answer))


def _of_another_year(question: str, article: Article) -> bool:
    """Whether the question names years, and the article neither is of one of them nor speaks of one."""
    asked = set(re.findall(r"\b(?:19|20)\d\d\b", question))
    own = {str(article.published_at.year)} if article.published_at else set[str]()
    return bool(asked) and not any(year in own or year in article.title or year in article.text for year in asked)


def features(evidence: Sequence[Evidence], reported: Sequence[Reported]) -> tuple[float, ...]:
    """What the confidence is made from: log-odds of the first report; relevance, cosine, timeliness of its passage."""
    lead = _evidence_for(reported[0].claims[0], evidence)
    support = min(max(reported[0].support, 1e-4), 1 - 1e-4)
    timeliness = lead.hit.timeliness if lead.article.published_at else UNDATED
    return math.log(support / (1 - support)), lead.reading.relevance, lead.hit.similarity, timeliness


def confidence_of(values: Sequence[float]) -> float:
    """The logistic of the weighted features, 0 to 1."""
    return 1 / (1 + math.exp(-BASE - sum(weight * value for weight, value in zip(CONFIDENCE, values, strict=True))))


def _best_of_each_article(evidence: Sequence[Evidence]) -> list[Evidence]:
    best: dict[str, Evidence] = {}
    for one in evidence:
        best.setdefault(one.article.id, one)
    return list(best.values())[:CLAIMS]


def _claim(one: Evidence) -> Claim:
    return Claim(one.answer, one.quote, one.article, one.probability, one.hit.stored.story)


def _evidence_for(claim: Claim, evidence: Sequence[Evidence]) -> Evidence:
    return next(
        e for e in evidence if e.article is claim.article and e.quote == claim.quote and e.answer == claim.answer
    )


def _rival(reported: Reported, evidence: Sequence[Evidence]) -> Rival:
    one = _evidence_for(reported.claims[0], evidence)
    return Rival(one.answer, _quote(one), reported.outlets)


def _choose(ranked: Sequence[Evidence], limit: int) -> Iterator[Quote]:
    """The first and what comes near it: no sentence and no wording twice, at most `PER_ARTICLE` of one article.

    Of a story that several articles carry one is quoted.
    """
    worded: set[str] = set()
    carrier: dict[str, str] = {}  # by story: the article that is quoted
    taken: Counter[str] = Counter()
    quoted: list[Evidence] = []
    kept, same = (KEPT, SAME_ARTICLE) if limit <= FEW else (KEPT_OF_MANY, KEPT_OF_MANY)
    for one in ranked:
        text = one.article.text[one.quote.start : one.quote.end]
        wording = " ".join(re.findall(r"\w+", text.lower()))
        if quoted and one.score < quoted[0].score - kept:
            return
        if quoted and one.article.id == quoted[0].article.id and one.score < quoted[0].score - same:
            continue
        if wording in worded or taken[one.article.id] == PER_ARTICLE or any(_overlap(one, other) for other in quoted):
            continue
        if carrier.setdefault(one.hit.stored.story or one.article.id, one.article.id) != one.article.id:
            continue
        worded.add(wording)
        taken[one.article.id] += 1
        quoted.append(one)
        yield _quote(one)
        if len(quoted) == limit:
            return


def _overlap(one: Evidence, other: Evidence) -> bool:
    """Whether they quote the same words of one article."""
    return (
        one.article.id == other.article.id and one.quote.start < other.quote.end and other.quote.start < one.quote.end
    )


def _quote(one: Evidence) -> Quote:
    quote = Quote(one.hit.stored, one.quote.start, one.quote.end, one.score)
    text = one.article.text
    speaker = name_speaker(text, quote.start, quote.end)
    name = text[slice(*speaker)] if speaker else ""
    if speaker and _SOMEBODY.search(name) and not _GOES_ON.match(text, speaker[1]):
        return replace(quote, speaker=name)
    return replace(quote, unnamed=kind_of_speech(text, quote.start, quote.end) in ("direct", "partial"))
