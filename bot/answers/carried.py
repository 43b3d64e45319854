"""An answer as its own message carries it, so that buttons and replies work after a restart and nothing is stored.

The embed holds the question, the short answer and the quotes, the custom ids of the buttons the rest. What is read back
does not depend on the language that the message is in.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

import discord

from bot.archive.references import Reference, unpack
from bot.escape import ELLIPSIS, one_line, unescape
from bot.lists.paging import Search
from bot.render import ANSWERED, DECLINED
from index import Turn

# The custom ids of the buttons that carry what a search was limited to, before that: under an answer, in a thread.
SCOPES = ("pullquote:more:", "pullquote:ask-on:")
PUBLISHER_LIMIT = 60  # characters: with two days it has to fit into a custom id

_UNDERSTOOD = re.compile(r"\*\*[^*\n]+\*\* (?P<question>[^\n]+)")
_SCOPE = re.compile(r"(?P<after>\d{4}-\d\d-\d\d)?:(?P<before>\d{4}-\d\d-\d\d)?:(?P<publisher>.*)")
_QUOTED = re.compile(r"(?m)(?P<lines>(?:^> [^\n]*\n)+)\n\[(?P<number>\d+)\] ")


def turn_of(embed: discord.Embed) -> Turn | None:
    """The question, completed where it was, and its short answer; None where the embed is no answer of ours."""
    question = question_of(embed)
    if question is None or embed.colour not in (ANSWERED, DECLINED):
        return None
    return Turn(question, unescape(embed.title or "") if embed.colour == ANSWERED else "")


def question_of(embed: discord.Embed) -> str | None:
    """The question as it was understood, or as it was asked; None where neither stands there whole."""
    understood = _UNDERSTOOD.match(embed.description or "")
    question = unescape(understood["question"]) if understood else embed.author.name or ""
    return question if question and not question.endswith(ELLIPSIS) else None


def scope_of(search: Search) -> str:
    """What a search is limited to, for a custom id; `search_in` reads it back."""
    return f"{search.after or ''}:{search.before or ''}:{search.publisher or ''}"


def search_in(embed: discord.Embed, scope: str) -> Search | None:
    """What was searched for, to search for it again; None where it does not stand there whole."""
    question = question_of(embed)
    return _limited(question, scope) if question is not None else None


def _limited(question: str, scope: str) -> Search | None:
    found = _SCOPE.fullmatch(scope)
    if found is None:
        return None
    try:
        return Search(question, _day(found["after"]), _day(found["before"]), found["publisher"] or None)
    except ValueError:
        return None


def following(question: str, *messages: discord.Message | None) -> Search:
    """The question, looked for where the first of the messages that tells it did: the same days, the same publisher."""
    ids = [one for message in messages if message for one in _custom_ids(message)]
    scopes = [one.removeprefix(prefix) for one in ids for prefix in SCOPES if one.startswith(prefix)]
    found = (_limited(question, scope) for scope in scopes)
    return next(filter(None, found), Search(question))


def references_in(message: discord.Message, prefix: str) -> tuple[Reference, ...]:
    """Where the quotes of the message stand: one of its buttons carries that behind the prefix."""
    packed = [one[len(prefix) :] for one in _custom_ids(message) if one.startswith(prefix)]
    return unpack(packed[0]) if packed else ()


def quotes_in(embeds: Iterable[discord.Embed]) -> dict[int, str]:
    """The quotes that people see in the message, under their numbers: with single spaces, without the bold."""
    found = [quoted for embed in embeds for quoted in _QUOTED.finditer(embed.description or "")]
    return {int(one["number"]): one_line(unescape(one["lines"].replace("\n> ", "\n")[2:])) for one in found}


def _custom_ids(message: discord.Message) -> Iterator[str]:
    for row in message.components:
        if isinstance(row, discord.ActionRow):
            yield from (one.custom_id for one in row.children if one.custom_id)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
