"""Which pronoun of a question stands for something outside it. Rather none than one that the question explains."""

import re
from typing import NamedTuple

from index.followups.asking import AUXILIARIES, is_one_sentence
from index.speakers.saying import PREPOSITIONS

_HELP = "|".join(sorted(AUXILIARIES))
_SMALL = "|".join(sorted(PREPOSITIONS))
_LATER = "yesterday|today|exactly|again|now|first"
_WANTED = rf"(?:(?:{_SMALL}) )?(?:who|whom|what|which|when|where|why|how)(?: (?!(?:{_HELP})\b)[\w’'-]+){{0,3}}"
_START = rf"(?:{_WANTED} (?:{_HELP})|(?:{_HELP})|(?:who|what|where|how)[’']s)"
_ACTS = rf"(?!(?:{_HELP}|that|which|who|when|if)\b)[a-z-]+(?: (?:{_SMALL}))?"  # "answer", "agreed with"
_NOUN = r"(?:(?:the|a|an) )?(?!(?:he|she|it|they|not|there|you|we|i)\b)[\w’'-]+(?: (?:and )?[A-Z][\w’'-]*)*"
_END = rf"(?=$| (?:{_SMALL}|{_LATER}|and|back|so)\b)"
_END_OF_IT = rf"(?=$| (?:(?!to\b)(?:{_SMALL})|{_LATER})\b)"
_BEARING = "happen|mean|take|cost|lead|affect|start|begin|end|change|work|come|occur|matter|help"
_BEING_SO = "true|right|correct|so|the case|new|legal|enough|all|real|confirmed|possible"
_SOME = "any|some|all|both|many|most|none|one|two"
_FOUND = "decided|announced|did|suggested|proposed|ordered|confirmed|denied|wrote|found"
_MOST = 8  # words of a question whose "there" nothing in it can explain

_THERE = r"(?<!are )(?<!is )(?<!was )(?<!were )(?<!n[’']t )(?P<pronoun>there)"  # not "how many are there"

_EXPLAINED = re.compile(
    rf"\b(?:{_HELP}|be|been)(?:n[’']t)? it (?:[\w’'-]+ ){{0,4}}(?:to|that|who|if|when|like)\b"
    r"|\bit (?:take|cost)s? .*\bto\b|\bit cost (?:for|in)\b|\b(?:make|made|call|called|get|got) it\b"
    r"|\bit (?:like|rain|snow)\b|\btime is it\b"
)
_RULES = tuple(
    re.compile(rule)
    for rule in (
        rf"^{_START} (?P<pronoun>he|she|they|it)\b(?![’'])",  # where did [he] go
        rf"^{_START} (?P<own>his|her|their|its)(?= [\w’'-])(?! (?:{_SMALL})\b)",  # where is [his] wife
        rf"^(?:{_WANTED}|(?:{_START} )?(?:{_SOME})) of (?P<pronoun>them\b|th[oe]se(?=$| (?:{_HELP})\b))",
        rf"^who {_ACTS} (?P<pronoun>him|her|them){_END}",  # who told [him]
        rf"^who {_ACTS} (?P<pronoun>it){_END_OF_IT}",
        rf"^{_START} {_ACTS} (?P<pronoun>him|her|them){_END}",  # who was killed with [him]
        rf"^{_START} {_ACTS} (?P<pronoun>it){_END_OF_IT}",
        rf"^{_START} {_NOUN} {_ACTS} (?P<pronoun>him|her|them){_END}",  # did Putin answer [him]
        rf"^{_START} {_NOUN} {_ACTS} (?P<pronoun>it){_END_OF_IT}",
        rf"^(?:{_WANTED} )?(?:{_HELP}) (?P<pronoun>that|this|these|those)(?=$| (?:{_BEARING}|{_BEING_SO})\b)",
        rf"^who (?:{_FOUND}) (?P<pronoun>that|this)$",
        rf"^(?:{_START}|{_WANTED}) (?!.*\b(?:in|at|near|from) [A-Z])(?:[\w’'-]+ ){{0,{_MOST}}}{_THERE}$",
    )
)


class Pronoun(NamedTuple):
    """`question[start:end]` is a pronoun; `owns` tells "his wife" from "him"."""

    start: int
    end: int
    owns: bool


def leaning(question: str) -> Pronoun | None:
    """A pronoun whose meaning the question does not hold; None where there is none."""
    said = question.rstrip(" ?!.,")
    if not is_one_sentence(said) or "," in said:
        return None
    said = said[:1].lower() + said[1:]
    if _EXPLAINED.search(said):
        return None
    for rule in _RULES:
        found = rule.search(said)
        if found:
            owns = "own" in rule.groupindex
            return Pronoun(*found.span("own" if owns else "pronoun"), owns)
    return None
