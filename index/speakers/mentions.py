"""Who a verb belongs to: the name or noun phrase that is its subject, before it or after it."""

from collections.abc import Sequence
from typing import NamedTuple

from index.speakers.clauses import Token
from index.speakers.saying import (
    BEING,
    BETWEEN,
    CUT,
    DENIED,
    DETERMINERS,
    HAVING,
    JOINTS,
    NOBODY,
    OPENERS,
    ORGANISATIONS,
    PERSONAL,
    PREPOSITIONS,
    ROLES,
    TITLES,
)

LONGEST = 14  # words of a noun phrase
LONGEST_NAME = 4  # words
SHORTEST_ROLE = 5  # letters, where only the ending tells that it is one
CLAUSES = (JOINTS - {"which", "as", "whom"}) | {"and", "but"}  # what these begin is no aside
PARTICLES = frozenset("de la le van von der den bin ibn al el da di du dos y st".split())
BREAKS = frozenset(("stop", "comma", "colon", "dash", "quotation", "open", "close"))


class Mention(NamedTuple):
    """`text[start:end]` names the speaker; its noun phrase begins with the token numbered `first`."""

    start: int
    end: int
    first: int


def subject_before(tokens: Sequence[Token], verb: int) -> Mention | None:
    """The subject of the verb that stands before it; None when there is doubt, or when the saying is denied."""
    at = _skip_adverbs(tokens, verb - 1)
    if at is None:
        return None
    last = tokens[at]
    if last.kind == "close":
        return _ending_at(tokens, _back_to(tokens, at, "open") - 1)
    if last.kind in ("comma", "dash"):
        return _before_aside(tokens, at)
    if last.low == "who":
        return _named_before(tokens, at - 2 if tokens[at - 1].kind == "comma" else at - 1) if at > 1 else None
    if last.low in ("and", "but"):
        passive = any(token.low in BEING for token in tokens[sentence_start(tokens, at) : at])
        return None if passive else subject_of_sentence(tokens, at)  # "he was held and told"
    return _ending_at(tokens, at)


def _named_before(tokens: Sequence[Token], last: int) -> Mention | None:
    """Whom "who" means: "the remarks came from Kremlin spokesman [Dmitry Peskov], who"."""
    first = last
    while (
        first > 0
        and (tokens[first - 1].capital or tokens[first - 1].low in ROLES)
        and tokens[first - 1].low not in OPENERS
    ):
        first -= 1
    return read_phrase(tokens, first, last) if tokens[last].capital else _ending_at(tokens, last)


def subject_of_sentence(tokens: Sequence[Token], before: int) -> Mention | None:
    """The subject of the sentence that the token numbered `before` stands in."""
    first = sentence_start(tokens, before)
    if first < before and (tokens[first].low in PREPOSITIONS | JOINTS or tokens[first].low.endswith("ing")):
        first = next((i + 1 for i in range(first, before) if tokens[i].kind == "comma"), before)
    while first < before and (tokens[first].low in OPENERS or tokens[first].kind == "comma"):
        first += 1
    if first < before and tokens[first].low in PERSONAL:
        return Mention(tokens[first].start, tokens[first].end, first)
    last = first - 1
    while last + 1 < before and _goes_on(tokens, last + 1, first):
        last += 1
    if last < first or (last + 1 < before and tokens[last + 1].low in ("and", "of", "or")):
        return None
    return read_phrase(tokens, first, last)


def _goes_on(tokens: Sequence[Token], at: int, first: int) -> bool:
    token = tokens[at]
    named = any(t.capital and t.low not in DETERMINERS for t in tokens[first:at])
    return token.kind == "word" and (
        token.capital or token.low in ROLES or (not named and at == first and token.low in DETERMINERS)
    )


def sentence_start(tokens: Sequence[Token], before: int) -> int:
    """The number of the first token of the sentence that holds the token before `before`."""
    at = before
    while at > 0 and tokens[at - 1].kind != "stop" and not ends_sentence(tokens, at - 1):
        at -= 1
    return at


def ends_sentence(tokens: Sequence[Token], at: int) -> bool:
    """Whether the quotation at `at` ends a sentence: a full stop inside and a capital or nothing after."""
    token = tokens[at]
    if token.kind != "quotation" or token.text.rstrip("”\"’' ")[-1:] not in (".", "?", "!", "…"):
        return False
    return at + 1 == len(tokens) or tokens[at + 1].capital or tokens[at + 1].kind == "quotation"


def phrase_after(tokens: Sequence[Token], first: int) -> Mention | None:
    """The noun phrase that begins with the token numbered `first`: "said [Ann Lee], the mayor"."""
    last = first
    while last < len(tokens) and last - first < LONGEST and not _ends_phrase(tokens, first, last):
        last += 1
    phrase = read_phrase(tokens, first, last - 1)
    if phrase and last < len(tokens) and tokens[last].kind == "comma" and not tokens[last - 1].capital:
        return _name_in_aside(tokens, last + 1, first) or phrase
    return phrase


def _ends_phrase(tokens: Sequence[Token], first: int, at: int) -> bool:
    token = tokens[at]
    if token.kind in BREAKS or token.low in JOINTS or token.low in ("who", "and") or token.low in OPENERS:
        return True
    if token.low in PREPOSITIONS:
        if at > first and token.low == "of" and tokens[at - 1].low in ORGANISATIONS:
            return False
        return at == first or tokens[at - 1].capital or token.low not in ("of", "for", "at", "from", "with")
    if at > first and not token.capital and (token.low in CUT or (token.low.endswith("ed") and at > first + 1)):
        return True  # "a memo obtained by"
    return (token.low.endswith("ly") and not token.capital) or (at > first and tokens[at - 1].low in PERSONAL)


def _name_in_aside(tokens: Sequence[Token], first: int, phrase: int) -> Mention | None:
    """The name that explains a role: "the mayor, [Ann Lee], said"."""
    last = first
    while last < len(tokens) and tokens[last].capital:
        last += 1
    if not 1 < last - first <= LONGEST_NAME or (last < len(tokens) and tokens[last].kind not in BREAKS):
        return None
    return Mention(tokens[first].start, tokens[last - 1].end, phrase)


def _skip_adverbs(tokens: Sequence[Token], at: int) -> int | None:
    while at >= 0 and tokens[at].kind == "word":
        low = tokens[at].low
        if low in DENIED | BEING or low.endswith(("n’t", "n't")):
            return None
        if low not in BETWEEN and not (low.endswith("ly") and not tokens[at].capital):
            break
        at -= 1
    return at if at >= 0 else None


def _back_to(tokens: Sequence[Token], at: int, kind: str) -> int:
    return next((i for i in range(at - 1, -1, -1) if tokens[i].kind == kind), -1)


def _before_aside(tokens: Sequence[Token], comma: int) -> Mention | None:
    """The subject before an aside: "[Ann Lee], the mayor of a town of tents, said"."""
    kind = tokens[comma].kind
    for at in range(comma - 1, max(sentence_start(tokens, comma) - 1, comma - 40), -1):
        if tokens[at].kind == kind:
            if tokens[at + 1].low in CLAUSES:
                return None
            found = _ending_at(tokens, at - 1)
            if found:
                return (None if tokens[at - 1].capital else _name_in_aside(tokens, at + 1, found.first)) or found
        elif tokens[at].kind in ("stop", "quotation"):
            break
    return None


def _ending_at(tokens: Sequence[Token], last: int) -> Mention | None:
    """The noun phrase whose last word is numbered `last`; it has to begin where a clause does."""
    first = last + 1
    while first > 0 and last - first < LONGEST and not _begins_clause(tokens, first - 1, last):
        first -= 1
    if first > last or last - first >= LONGEST:
        return None
    return read_phrase(tokens, first, last)


def _begins_clause(tokens: Sequence[Token], at: int, last: int) -> bool:
    token = tokens[at]
    if token.low == "and":
        return not (0 < at < last and tokens[at - 1].capital and tokens[at + 1].capital)
    return token.kind in BREAKS or token.low in JOINTS


def read_phrase(tokens: Sequence[Token], first: int, last: int) -> Mention | None:
    """The name in a noun phrase ("Kremlin spokesman [Dmitry Peskov]"), else the whole of it ("[a police officer]")."""
    start = first
    while start < last and tokens[start].low in OPENERS:
        start += 1
    words = tokens[start : last + 1]
    if not words or any(word.kind != "word" for word in words) or words[-1].possessive or words[-1].low in DETERMINERS:
        return None
    if len(words) == 1 and words[0].low in PERSONAL:
        return Mention(words[0].start, words[0].end, first)
    if words[-1].low in PERSONAL and words[0].low in PREPOSITIONS:  # "On Tuesday he said"
        return Mention(words[-1].start, words[-1].end, first)
    if words[0].low in NOBODY | PREPOSITIONS | PERSONAL or words[-1].low in NOBODY | PERSONAL | BEING:
        return None
    chosen = _name(words) or _description(words)
    return Mention(chosen[0].start, chosen[-1].end, first) if chosen else None


def _name(words: Sequence[Token]) -> Sequence[Token] | None:
    """The name that the phrase ends with, or that stands before "of Ohio"; without title and role."""
    cut = next((i for i, word in enumerate(words) if i > 1 and word.low in PREPOSITIONS), len(words))
    run = cut
    while run > 0 and (words[run - 1].capital or (0 < run < cut and words[run - 1].low in PARTICLES)):
        run -= 1
    while run < cut and not words[run].capital:
        run += 1
    if words[0].low in DETERMINERS and run <= 1 and cut == len(words) and words[1:2] and words[1].low not in TITLES:
        return words  # "the White House"
    own = next((i + 1 for i in range(cut - 2, run - 1, -1) if _is_role(words[i]) or words[i].possessive), run)
    if any(word.low in ORGANISATIONS for word in words[own:cut]):
        own = run
    if own == cut or _is_role(words[cut - 1]) or (cut < len(words) and (words[0].low in DETERMINERS or cut - own == 1)):
        return None
    if own == run and run > 0 and not _is_role(words[run - 1]) and not words[run - 1].possessive:
        return words if len(words) == run + 1 and words[0].low in DETERMINERS else None
    return words[own:cut]


def _is_role(word: Token) -> bool:
    """Also by its ending, which lower case tells from a name: "tax collector", "guitarist"."""
    low = word.low
    by_ending = (
        len(low) >= SHORTEST_ROLE and not word.capital and low.endswith(("er", "or", "man", "ist", "ian", "ant"))
    )
    return low in ROLES or low in TITLES or low in ("former", "ex", "then", "fellow") or by_ending


def _description(words: Sequence[Token]) -> Sequence[Token] | None:
    """The whole phrase, where it begins as one does: "a", "the", "Obama’s", a plural."""
    head, last = words[0], words[-1]
    if last.low in PREPOSITIONS or last.low.endswith(("ed", "ly")) or last.low in BETWEEN:
        return None
    if "who" not in {word.low for word in words} and any(word.low in BEING | HAVING for word in words):
        return None  # "a senator has sued over records related": a clause
    if any(word.text.isdigit() for word in words):  # "16% of people": a figure speaks for nobody
        return None
    begins = head.low in DETERMINERS or head.capital or _is_role(head) or last.low.endswith("s")
    return words if begins else None
