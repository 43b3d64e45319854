"""Which words of a paragraph tell who says a quotation in it, or a sentence of it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from index.speakers.clauses import Token
from index.speakers.mentions import Mention, phrase_after, sentence_start, subject_before, subject_of_sentence
from index.speakers.saying import BESIDE, CALLING, CALLING_ON, SAYING, SAYING_ON, TOLD

LEAD = 25  # tokens between a verb of saying and the quotation that it leads to
TAIL = 30  # tokens between a quotation and the verb of saying that follows it: "Ann Lee, a ... of ..., said"
IN_A_ROW = 4  # quotations that follow one another with no word between


class Lead(NamedTuple):
    """A verb of saying ahead of a quotation: its subject, its own number and whether the words lead straight on."""

    mention: Mention
    verb: int
    straight: bool


def speaker_of_quotation(tokens: Sequence[Token], first: int, last: int, *, back: int = IN_A_ROW) -> Mention | None:
    """Who says the quotation that is the tokens `first` to `last` (more than one where it is interrupted)."""
    rules: list[Callable[[], Mention | None]] = [
        lambda: said_straight_before(tokens, first),
        lambda: said_after(tokens, last),
        lambda: said_before(tokens, first),
        lambda: _said_of_the_one_before(tokens, first, back),
    ]
    if last_mark(tokens[last]) == ",":
        rules[:2] = rules[1::-1]
    return next((found for rule in rules if (found := rule())), None)


def last_mark(quotation: Token) -> str:
    """The last character inside the quotation marks."""
    return quotation.text.rstrip("”\"’' ")[-1:]


def said_straight_before(tokens: Sequence[Token], quotation: int) -> Mention | None:
    """Who it is when the words before lead straight into the quotation: "Lee said on Sunday: “...”"."""
    lead = lead_to(tokens, quotation)
    return lead.mention if lead and lead.straight else None


def said_before(tokens: Sequence[Token], quotation: int) -> Mention | None:
    """Who it is when a verb of saying stands anywhere before in the sentence: "Lee called the plan “a gift”"."""
    lead = lead_to(tokens, quotation)
    return lead.mention if lead else None


def said_after(tokens: Sequence[Token], quotation: int) -> Mention | None:
    """Who it is when it is said right after: "...,” said Lee", "...,” Lee, the mayor, said"."""
    mark, at = last_mark(tokens[quotation]), quotation + 1
    if at < len(tokens) and tokens[at].kind in ("comma", "dash"):
        mark, at = ",", at + 1
    if at >= len(tokens) or (mark in (".", "…") and tokens[at].capital):  # a capital after a full stop: a new sentence
        return None
    if tokens[at].low == "according":
        return phrase_after(tokens, at + 2)
    verb = next((i for i in range(at, min(at + TAIL, len(tokens))) if _stops(tokens[i]) or _says(tokens[i])), None)
    if verb is None or _stops(tokens[verb]):
        return None
    if verb == at:
        return None if tokens[verb].low in TOLD else phrase_after(tokens, at + 1)
    subject = subject_before(tokens, verb)
    return subject if subject and subject.first == at else None


def _stops(token: Token) -> bool:
    return token.kind in ("stop", "quotation")


def _says(token: Token) -> bool:
    return token.low in BESIDE and not token.capital


def lead_to(tokens: Sequence[Token], quotation: int) -> Lead | None:
    """The nearest verb of saying before the quotation in its sentence, with its subject."""
    start = sentence_start(tokens, quotation)
    for verb in range(quotation - 1, max(start - 1, quotation - LEAD), -1):
        token, gap = tokens[verb], tokens[verb + 1 : quotation]
        if token.capital and verb > start:
            continue
        if token.low in (SAYING if _words(gap) else BESIDE) or token.low in CALLING:
            subject = subject_before(tokens, verb)
        elif token.low in SAYING_ON or token.low in CALLING_ON:
            subject = _subject_of_participle(tokens, start, verb)
        else:
            continue
        return Lead(subject, verb, _is_straight(gap)) if subject else None
    if start < quotation - 2 and tokens[start].low == "according" and tokens[quotation - 1].kind == "comma":
        found = phrase_after(tokens, start + 2)
        return Lead(found, start, straight=True) if found else None
    return None


def _words(gap: Sequence[Token]) -> bool:
    return any(token.kind == "word" and token.low != "that" for token in gap)


def _is_straight(gap: Sequence[Token]) -> bool:
    """Not straight: "suggested that they would sue, ..., “": what was suggested stands there already."""
    if any(token.low == "that" for token in gap[:-1]):
        return False
    return not gap or gap[-1].kind in ("comma", "colon") or gap[-1].low == "that"


def _subject_of_participle(tokens: Sequence[Token], start: int, verb: int) -> Mention | None:
    """Of "adding" in "Lee said it was late, adding: “...”": Lee; doubtful where another clause stands between."""
    for at in range(verb - 1, start, -1):
        if tokens[at].low in SAYING and (subject := subject_before(tokens, at)):
            return subject
        if tokens[at].low in ("who", "which", "where"):
            return None
    return subject_of_sentence(tokens, verb)


def _said_of_the_one_before(tokens: Sequence[Token], quotation: int, back: int) -> Mention | None:
    """Who says the quotation before, when only what tells it stands between: "“...,” Lee said. “...”"."""
    earlier = next((i for i in range(quotation - 1, -1, -1) if tokens[i].kind == "quotation"), None)
    if earlier is None:
        return None
    between = tokens[earlier + 1 : quotation]
    if not between:
        return speaker_of_quotation(tokens, earlier, earlier, back=back - 1) if back else None
    stops = sum(token.kind == "stop" for token in between)
    return said_after(tokens, earlier) if stops == 0 or (stops == 1 and between[-1].kind == "stop") else None
