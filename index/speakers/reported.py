"""Who says a whole sentence: reported speech, with or without quoted words in it. Plain narration: nobody."""

from collections.abc import Iterator, Sequence

from index.speakers.attribution import lead_to, said_after, said_straight_before, speaker_of_quotation
from index.speakers.clauses import Token
from index.speakers.mentions import Mention, ends_sentence, phrase_after, subject_before
from index.speakers.saying import DAYS, JOINTS, NOUNS, OPENERS, PERSONAL, PREPOSITIONS, SAYING, SPEECHES, TOLD

TITLE = 8  # words at most of a quotation that can be the title of a work
LONG_WORD = 4  # letters; shorter words of a title need no capital
SHORT = 6  # tokens: what stands before the comma is no sentence yet
PLAINLY = ("said", "say", "says")
NEAR = 9  # tokens between a verb of saying and its "that"


def sentences_of(tokens: Sequence[Token], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The ranges of tokens between `first` and `last` (one past the end) that are sentences with a word in them."""
    start = first
    for at in range(first, last):
        if tokens[at].kind == "stop" or ends_sentence(tokens, at) or at + 1 == last:
            if any(token.kind in ("word", "quotation") for token in tokens[start : at + 1]):
                yield start, at + 1
            start = at + 1


def speaker_of_sentence(tokens: Sequence[Token], first: int, last: int) -> Mention | None:
    """Who says the sentence `tokens[first:last]`; None where its parts disagree."""
    quoted = [i for i in range(first, last) if tokens[i].kind == "quotation" and not _is_title(tokens[i])]
    if quoted and not any(token.kind == "word" for token in tokens[first:last]):
        return speaker_of_quotation(tokens, quoted[0], quoted[-1])
    found = [_speaker_of_part(tokens, first, at) for at in quoted]
    found.append(_reported(tokens, first, last))
    named = [mention for mention in found if mention]
    return named[0] if named and _agree(tokens, named) else None


def _agree(tokens: Sequence[Token], mentions: Sequence[Mention]) -> bool:
    """Whether all are the same words, "he" after a name not counted."""
    names = {_wording(tokens, mention) for mention in mentions}
    later = {_wording(tokens, mention) for mention in mentions[1:]}
    return len(names - (later & PERSONAL)) <= 1


def _wording(tokens: Sequence[Token], mention: Mention) -> str:
    return " ".join(token.low for token in tokens if token.start >= mention.start and token.end <= mention.end)


def _is_title(quotation: Token) -> bool:
    """A song, a film, a programme: "“Good Morning America”" speaks no more than it is spoken."""
    words = [word for word in quotation.text.strip('“”" ,').split() if len(word) >= LONG_WORD]
    return (
        len(words) <= TITLE
        and all(word[0].isupper() for word in words)
        and quotation.text[-2:-1] not in (".", "!", "?")
    )


def _speaker_of_part(tokens: Sequence[Token], first: int, quotation: int) -> Mention | None:
    found = said_straight_before(tokens, quotation) or said_after(tokens, quotation)
    if found or quotation == first:
        return found or speaker_of_quotation(tokens, quotation, quotation)
    lead = lead_to(tokens, quotation)
    if (
        lead
        and tokens[lead.verb].low in SAYING
        and _is_main(tokens, first, lead.mention)
        and not _within_relative(tokens, lead.mention, lead.verb)
    ):
        return lead.mention
    return None


def _is_main(tokens: Sequence[Token], first: int, mention: Mention) -> bool:
    """Whether the phrase begins the sentence, openers and an introduction ("In March, ...") aside."""
    at = mention.first
    before = tokens[first:at]
    if not before or all(token.low in OPENERS or token.kind == "comma" for token in before):
        return True
    return before[0].low in PREPOSITIONS and before[-1].kind == "comma" and not any(t.low in SAYING for t in before)


def _within_relative(tokens: Sequence[Token], mention: Mention, verb: int) -> bool:
    return any(token.low in ("who", "which") for token in tokens[mention.first : verb])


def _reported(tokens: Sequence[Token], first: int, last: int) -> Mention | None:
    """The speaker of reported speech: one verb of saying governs the sentence from its beginning, middle or end."""
    if tokens[first].low == "according":
        return phrase_after(tokens[:last], first + 2)
    verbs = [i for i in range(first + 1, last) if _is_verb(tokens, i)]
    found = [mention for verb in verbs if (mention := _governs(tokens, first, last, verb))]
    found = found or _according_at_end(tokens, first, last)
    if not found:
        return None
    beside = [mention for verb in verbs if (mention := _beside_another(tokens, first, verb))]
    others = [mention for mention in beside if mention.start > found[0].start]  # what stands before is what is said
    return found[0] if _agree(tokens, found + others) else None


def _is_verb(tokens: Sequence[Token], at: int) -> bool:
    """A verb of saying; what is as often a noun ("claims by both") only after a name or pronoun."""
    token, before = tokens[at], tokens[at - 1]
    if token.capital or token.low not in SAYING:
        return False
    return token.low not in NOUNS or before.capital or before.low in PERSONAL


def _governs(tokens: Sequence[Token], first: int, last: int, verb: int) -> Mention | None:
    subject = subject_before(tokens, verb)
    if subject is None:
        return _inverted(tokens, first, last, verb)
    if _within_relative(tokens, subject, verb):
        return subject if _comes_from(tokens, first, last, subject, verb) else None
    if _is_main(tokens, first, subject) and _has_clause(tokens, last, verb):
        return subject
    follows = _follows_matter(tokens, first, subject, verb)
    return subject if follows and (_closes(tokens, last, verb) or tokens[verb + 1].kind == "comma") else None


def _follows_matter(tokens: Sequence[Token], first: int, subject: Mention, verb: int) -> bool:
    """Whether what is said stands before: "The ferry will sail, Lee said", not "In May, Lee testified in court"."""
    before = tokens[first : subject.first]
    if not before or before[-1].kind != "comma":
        return False
    commas = sum(token.kind == "comma" for token in before)
    introduces = len(before) < SHORT or (commas == 1 and before[0].low in PREPOSITIONS)
    return not introduces or tokens[verb].low in PLAINLY


def _inverted(tokens: Sequence[Token], first: int, last: int, verb: int) -> Mention | None:
    """The subject after its verb: "..., said Ann Lee"."""
    if verb <= first + 1 or tokens[verb].low not in ("said", "says", "wrote") or tokens[verb - 1].kind != "comma":
        return None
    return phrase_after(tokens[:last], verb + 1)


def _comes_from(tokens: Sequence[Token], first: int, last: int, subject: Mention, verb: int) -> bool:
    """“The remarks came from Ann Lee, who said ...”: the sentence has no other matter than what she said."""
    speech = any(token.low in SPEECHES for token in tokens[first : subject.first + 4])
    return (
        speech
        and not any(token.kind == "quotation" for token in tokens[first:verb])
        and _has_clause(tokens, last, verb)
    )


def _has_clause(tokens: Sequence[Token], last: int, verb: int) -> bool:
    """Whether what is said follows: "said the bridge was closed", "announced on Monday that ..."."""
    rest = tokens[verb + 1 : last]
    if not rest or rest[0].low in ("nothing", "no", "little", "goodbye", "hello", "yes", "so", "of", "about"):
        return False
    if tokens[verb].low in PLAINLY:
        return any(token.kind != "stop" for token in rest[1:])
    that = next((i for i, token in enumerate(rest[:NEAR]) if token.low == "that"), None)
    if tokens[verb].low in TOLD:
        return that is not None or any(token.low in PERSONAL for token in rest[1:5])
    if that is None or any(token.low.endswith("ing") for token in rest[:that]):  # "wrote to them, hoping that"
        return False
    return that == 0 or rest[0].low in PREPOSITIONS | DAYS


def _closes(tokens: Sequence[Token], last: int, verb: int) -> bool:
    """Whether nothing but time, place and hearer follows: ", Lee said on Sunday."."""
    rest = [token for token in tokens[verb + 1 : last] if token.kind != "stop"]
    if any(token.low in JOINTS - {"after", "before", "since"} for token in rest):
        return False
    if rest and rest[0].low == "to" and tokens[verb].low not in PLAINLY:
        return False
    return not rest or rest[0].low in PREPOSITIONS | DAYS | OPENERS or tokens[verb].low in TOLD


def _according_at_end(tokens: Sequence[Token], first: int, last: int) -> list[Mention]:
    at = next(
        (i for i in range(last - 3, first, -1) if tokens[i].low == "according" and tokens[i + 1].low == "to"), None
    )
    found = phrase_after(tokens[:last], at + 2) if at and tokens[at - 1].kind == "comma" else None
    return [found] if found else []


def _beside_another(tokens: Sequence[Token], first: int, verb: int) -> Mention | None:
    """The subject of a second main clause: "..., but Brown said"."""
    subject = subject_before(tokens, verb)
    if subject is None or subject.first <= first:
        return None
    joint = tokens[subject.first - 1].low
    after_comma = tokens[subject.first - 2].kind == "comma"
    return subject if joint in ("but", "while", "though", "whereas") or (joint == "and" and after_comma) else None
