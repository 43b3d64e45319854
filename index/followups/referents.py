"""What a pronoun may mean: the names and noun phrases of the questions and answers before it, the likeliest first."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.followups.asking import AUXILIARIES, Asked, is_brief, take_apart
from index.followups.verbs import BASES, is_finite
from index.speakers.saying import FUNCTION_WORDS, MEANT_BY, ORGANISATIONS, ROLES, SAYING, TITLES
from index.types import Turn

_PLACING = frozenset("in at near from across outside to".split())
_TAILS = frozenset("of in at on under for between with".split())
_GROUPS = ORGANISATIONS | frozenset("cabinet coalition crew family firm government jury opposition staff team".split())
_MANY = frozenset("people men women children police troops".split())
_THINGS = frozenset(
    """act airport avenue award bay bridge castle cathedral cup dam day declaration fund game hill hospital hotel
    island lake law library list mount mountain museum news ocean palace park plan plant point port prize project
    river road row sea square stadium station storm street summit theatre tower treaty valley war wire""".split()
)
_AHEAD = frozenset("last first next late early other two three four five second".split())  # "the last keeper"
_LONGEST_PHRASE = 5  # words between "the" and the end of its noun
_TITLE = r"(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|St)\."
_WORD = r"[A-Z](?:[\w&-]|[’'](?=[A-Z]))*+"
_NAME = re.compile(rf"(?:{_TITLE} )?\b{_WORD}(?: (?:(?:of|de|van|von|der|bin|al) )?{_WORD})*+")
_PAIR = re.compile(rf"(?:the )?{_NAME.pattern}(?:, {_NAME.pattern})*,? and (?:the )?{_NAME.pattern}")

Kinds = frozenset[str]
_PERSON: Kinds = frozenset(("he", "she"))
_THING: Kinds = frozenset(("it",))
_ORGANISATION: Kinds = frozenset(("it", "they"))
_SEVERAL: Kinds = frozenset(("they", "many"))
_PLACE: Kinds = frozenset(("it", "there"))

_KIND_OF = {
    "he": "he", "him": "he", "his": "he",
    "she": "she", "her": "she",
    "it": "it", "its": "it",
    "they": "they", "them": "they", "their": "they", "those": "they", "these": "they",
    "there": "there",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Referent:
    """Something that was spoken of. `kinds` are the pronouns that can mean it: he, she, it, they, there, and many."""

    words: str
    kinds: Kinds


def referent_of(pronoun: str, turns: Sequence[Turn], question: str) -> str | None:
    """What the pronoun means, the latest and likeliest that fits; None when nothing does. Not what `question` names."""
    low = pronoun.lower()
    kind = "many" if re.search(rf"(?i)\bof {low}\b", question) else _KIND_OF[low]
    for turn in reversed(turns):
        fitting = [one for one in _first_of_each(_referents(turn)) if kind in one.kinds]
        fitting = [one for one in fitting if one.words.lower() not in question.lower()]
        if fitting:
            return _placed(_best(kind, fitting)) if kind == "there" else _best(kind, fitting)
    return None


def _best(kind: str, fitting: Sequence[Referent]) -> str:
    """Several rather than a group, a thing rather than a place, who surely is a person: the best; else the first."""
    better = [one for one in fitting if _is_sure(kind, one.kinds)]
    return (better or fitting)[0].words


def _is_sure(kind: str, kinds: Kinds) -> bool:
    return {"they": "many" in kinds, "it": kinds == _THING}.get(kind, "it" not in kinds)


def _placed(words: str) -> str:
    """The place with a preposition: "in Budapest", "on the bridge"."""
    return words if words[0].islower() and not words.startswith("the ") else f"in {words}"


def _first_of_each(referents: Iterable[Referent]) -> list[Referent]:
    """Each thing once: what was found out first about it stands, so that a place does not come back as a person."""
    found = dict[str, Referent]()
    for one in referents:
        found.setdefault(one.words.removeprefix("the "), one)
    return list(found.values())


def _referents(turn: Turn) -> Iterator[Referent]:
    """What the turn speaks of: the answer, the subject of the question, its other things and names, a quote's names."""
    asked = take_apart(turn.question)
    brief = is_brief(turn.answer)
    if asked:
        if asked.seeks_identity:
            yield from _subject(asked)
        if brief:
            yield from _answered(turn.answer, asked)
        if asked.seeks_subject and asked.noun:
            yield _described(f"the {asked.noun}")
        yield from _subject(asked)
    yield from things_in(turn.question)
    yield from reversed(names_in(turn.question))
    if brief and not _PAIR.search(turn.answer):
        yield from reversed(names_in(turn.answer, sole=True))
    elif not brief:
        yield from _quoted(turn.answer)


def _answered(answer: str, asked: Asked) -> Iterator[Referent]:
    """A brief answer as a whole: what the question asks for says what it can be."""
    last = asked.noun.split()[-1].lower() if asked.noun else ""
    if asked.word == "where":
        yield Referent(answer, frozenset(("there",)))
    elif not answer[0].isupper() or asked.word not in ("who", "whom", "which", "what"):
        return
    elif _PAIR.search(answer):
        yield Referent(answer, _SEVERAL)
    elif not _is_organisation(answer) and (asked.word in ("who", "whom") or _is_role(last)):
        yield Referent(answer, _gender(answer))
    else:
        yield Referent(answer, _THING if asked.word == "what" and not asked.noun else _ORGANISATION)


def _subject(asked: Asked) -> list[Referent]:
    """The name or noun phrase after the auxiliary: "did [the council] decide", "did [Norvane and Marenta] break"."""
    if asked.seeks_subject:
        return []
    pair, name = _PAIR.match(asked.rest), _NAME.match(asked.rest)
    if pair:
        return [Referent(pair.group(), _SEVERAL)]
    if name is None or re.match("[’']", asked.rest[name.end() :]):
        return things_in(asked.rest)[:1] if asked.rest.split()[:1] in (["the"], ["a"]) else []
    words, after = name.group(), asked.rest[name.end() :].split()[:1]
    if _is_organisation(words) or _THINGS & set(words.lower().split()):
        return [_named(words, "", "")]
    acts = after and after[0].lower() in _HUMAN_ACTS
    return [Referent(words, _gender(words) if acts or _is_titled(words) else _gender(words) | _THING)]


_HUMAN_ACTS = frozenset("say think announce tell claim suggest propose promise resign speak want call do mean".split())


def names_in(text: str, *, sole: bool = False) -> list[Referent]:
    """The names in a text, in order. A text that is no sentence (`sole`) may begin with one of a single word."""
    found = list[Referent]()
    for match in _NAME.finditer(text):
        before = text[: match.start()].rstrip()
        name = _bare(match.group())
        begins = not before or before[-1] in '.?!“"—'
        if name and (sole or " " in name or not begins or name != match.group()):
            last = before.split()[-1].lower() if before and name == match.group() else ""
            found.append(_named(name, last, text[match.end() :]))
    return found


def _bare(name: str) -> str:
    """The name without words that are capital only because a sentence begins with them, and without days and months."""
    words = name.split()
    while words and words[0].lower() in FUNCTION_WORDS | AUXILIARIES | {"who", "what", "which", "how", "why"}:
        words = words[1:]
    return " ".join(words)


def _named(name: str, before: str, after: str) -> Referent:
    """A name with the pronouns that can mean it, by its words and by what stands around it."""
    article = "the " if before == "the" else ""
    if article or _is_organisation(name):
        return Referent(article + name, _ORGANISATION)
    if _THINGS & set(name.lower().split()):
        return Referent(name, _THING)
    if before in _PLACING:
        return Referent(name, _PLACE)
    speaks = re.match(r",? (\w+)", after)
    sure = _is_titled(name) or _is_role(before.rstrip(",")) or before.rstrip(",") in SAYING
    sure = sure or len(_gender(name)) == 1 or bool(speaks and (speaks[1] in SAYING or speaks[1] == "who"))
    return Referent(name, _gender(name) if sure else _gender(name) | _THING)


def _gender(name: str) -> Kinds:
    """He or she, or both where neither title nor first name tells."""
    first = name.lower().replace(".", "").split()[:2]
    told = (kind for kind, names in MEANT_BY.items() if any(word in names for word in first))
    return frozenset(set(told) or _PERSON)


def _is_titled(name: str) -> bool:
    first = name.split(maxsplit=1)[0].lower().rstrip(".")
    return first in TITLES or first in ROLES


def _is_role(word: str) -> bool:
    return word in ROLES or word in ("player", "councillor", "keeper", "captain", "winner")


def _is_organisation(name: str) -> bool:
    return bool(ORGANISATIONS & set(name.lower().split())) or (name.isupper() and len(name) > 1)


def things_in(text: str) -> list[Referent]:
    """The noun phrases that begin with an article and end where a verb or small word stands: "the ferry accident"."""
    words = text.rstrip(" ?!.").split()
    found = list[Referent]()
    for at, word in enumerate(words):
        acts = at == 0 or words[at - 1].lower() in AUXILIARIES  # "did the council decide": a base form is its verb
        size = _size(words[at + 1 :], acts=acts) if word.lower() in ("the", "a", "an") else 0
        if size:
            end = at + 1 + size
            found.append(_described("the " + " ".join(words[at + 1 : end + _tail(words[end:])]).rstrip(",;:")))
    return found


def _size(words: Sequence[str], *, acts: bool) -> int:
    """The number of words that belong to a noun phrase after its determiner."""
    for at, word in enumerate(words[:_LONGEST_PHRASE]):
        low = word.lower()
        small = (low in FUNCTION_WORDS or low in AUXILIARIES) and (at > 0 or low not in _AHEAD)
        verb = at > 0 and word[0].islower() and ((acts and low in BASES) or low.endswith("ing") or _is_past(low))
        if small or verb:
            return 0 if words[at - 1].endswith(("’s", "'s")) else at
        if word[-1] in ",;:":
            return at + 1
    return min(len(words), _LONGEST_PHRASE)


def _is_past(word: str) -> bool:
    return is_finite(word) and not word.endswith("s")


def _tail(words: Sequence[str]) -> int:
    """The number of words in "of Norvane", "at Kestrel Bay", "of the summit" after a noun."""
    if not words or words[0].lower() not in _TAILS:
        return 0
    if words[0] == "of" and words[1:2] == ["the"]:
        return 2 + size if (size := _size(words[2:], acts=False)) else 0
    names = next((at for at, word in enumerate(words[1:]) if not word[0].isupper()), len(words) - 1)
    return names + 1 if names else 0


def _described(phrase: str) -> Referent:
    """A noun phrase: its last word says whether it is one or many, somebody or something."""
    head = re.split(rf" (?:{'|'.join(_TAILS)}) ", phrase)[0].split()[-1]
    low = head.lower()
    if head[0].isupper():
        return Referent(phrase, _ORGANISATION)
    if _is_role(low):
        return Referent(phrase, _PERSON)
    if low in _MANY or re.search(r"[^sui]s$", low):
        return Referent(phrase, _SEVERAL)
    return Referent(phrase, _ORGANISATION | {"many"} if low in _GROUPS else _THING)


def _quoted(quote: str) -> Iterator[Referent]:
    """The names of a quote: who surely is a person first, the last before others; one that may be, if there is one."""
    named = names_in(quote)
    people = [one for one in named if "it" not in one.kinds]
    yield from reversed(people)
    unsure = [one for one in named if one.kinds & _PERSON and "it" in one.kinds and " " in one.words]
    yield from reversed([one for one in named if not one.kinds & _PERSON])
    if len(unsure) == 1 and not people:
        yield unsure[0]
