"""An answer as embeds: the short answer over its quotes, or the plain word that there is none. Pure.

A quote is shown whole or, where Discord could never show it whole, cut with a word that it is. Where the quotes of an
answer do not fit into one embed, more follow, parted between quotes.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import discord

from bot.answers import fates
from bot.escape import block_quote, clip, escape_within, one_line, sentence_url, units
from bot.language import ENGLISH, Language, phrase
from bot.lists.paging import Search
from bot.render import (
    ANSWERED,
    AUTHOR_LIMIT,
    DECLINED,
    DESCRIPTION_LIMIT,
    EMBED_LIMIT,
    FOOTER_LIMIT,
    FOUND,
    TITLE_LIMIT,
    also,
    citation,
    name,
    snippet,
)
from index import Answer, Context, Gone, Hit, NoEvidence, Quote, Rival, Turn

CITATION_LIMIT = 1_000  # what goes under a quote: publisher, title, address, who says it
CORRECTED_LIMIT = fates.NOTICE_LIMIT + 100  # and what is said before it
SHORTENED_LIMIT = 2_500  # of a quote that Discord cannot show whole
UNDERSTOOD_LIMIT = 1_500  # a question is 300 characters, completed it may be longer, and each may need a backslash
NEAREST_SHOWN = 3
SOURCES_SHOWN = 5

VERBATIM = phrase("Quoted word for word from the stored articles.")
HOW_TO_ASK = phrase("It helps to name who or what it is about, and when. `/search` looks for single words.")
NO_VERDICT = phrase("The passages nearest to that message. Whether they bear it out is for you to judge.")
ASK_ON = phrase(
    "Whatever is asked in this thread follows on this, whoever asks. Reply to one of my messages, mention me, or use "
    "the button: Discord shows me nothing else."
)
NOTHING_NEAR = phrase("Nothing in the archive comes near that message.")
GONE = phrase("The article has been changed or removed since.")


def answer(
    found: Answer | NoEvidence, *, asked: Search | None = None, newest: datetime | None = None, say: Language = ENGLISH
) -> tuple[discord.Embed, ...]:
    """One embed, or several where one is too small.

    `asked` is what was asked, before it was completed; `newest` when the newest article was published, to be said where
    that matters.
    """
    question = one_line(asked.query if asked else found.question)
    understood = _understood(found.question, question, say)
    embeds = _declined(found, understood, say) if isinstance(found, NoEvidence) else _answered(found, understood, say)
    embeds[0].set_author(name=clip(question, AUTHOR_LIMIT) or "?")
    footer = [embeds[-1].footer.text, _limited_to(asked, say) if asked else None]
    text = " ".join(filter(None, footer))
    reaches = say("Newest article in the archive: {day}", day=say.day(newest)) if newest else None
    embeds[-1].set_footer(text="\n".join(filter(None, [text, reaches])) or None)
    return embeds


def alert(found: Answer, topic: str, why: str, say: Language = ENGLISH) -> tuple[discord.Embed, ...]:
    """An answer that nobody has just asked for: what it is about stands over it, and under it why it comes."""
    embeds = answer(found, say=say)
    embeds[0].set_author(name=clip(say("New in the archive: {topic}", topic=one_line(topic)), AUTHOR_LIMIT))
    embeds[-1].set_footer(text=clip(f"{embeds[-1].footer.text or ''} {why}".strip(), FOOTER_LIMIT))
    return embeds


def more(found: Sequence[Quote], first: int, say: Language = ENGLISH) -> tuple[discord.Embed, ...]:
    """Quotes besides those that an answer shows, numbered from `first`."""
    blocks = [_quoted(quote, number, say) for number, quote in enumerate(found, start=first)]
    embeds = _parted(blocks, ANSWERED)
    embeds[0].title = say("More quotes")
    embeds[-1].set_footer(text=f"{say(VERBATIM)} {say('Less likely to answer the question than those before.')}")
    return embeds


def opening(turn: Turn, say: Language = ENGLISH) -> discord.Embed:
    """The first message of a thread: what it follows, and how to ask on. It reads back as that turn."""
    embed = discord.Embed(description=say(ASK_ON), colour=ANSWERED)
    embed.title = escape_within(one_line(turn.answer), TITLE_LIMIT)
    return embed.set_author(name=clip(one_line(turn.question), AUTHOR_LIMIT) or "?")


def sources(claim: str, hits: Sequence[Hit], say: Language = ENGLISH) -> tuple[discord.Embed, ...]:
    """The passages nearest to what a message says, and that they are no more than that."""
    rows = [f"{snippet(hit)}\n\n{citation(hit.stored.article, say=say)}" for hit in hits[:SOURCES_SHOWN]]
    embeds = _parted([say(NO_VERDICT), *rows] if rows else [say(NOTHING_NEAR)], FOUND)
    embeds[0].title = say("What the archive has on this")
    embeds[0].set_author(name=clip(one_line(claim), AUTHOR_LIMIT) or "?")
    return embeds


def contexts(found: Sequence[Context | Gone | None], say: Language = ENGLISH) -> tuple[discord.Embed, ...]:
    """The sentences around each quote of an answer, in order, or what became of its article; None: not known here."""
    blocks = [_context(one, number, say) for number, one in enumerate(found, start=1)]
    embeds = _parted(blocks, FOUND)
    embeds[0].title = say("Context")
    return embeds


def messages(embeds: Iterable[discord.Embed]) -> list[list[discord.Embed]]:
    """The embeds in order, as few messages as Discord's limit for all text of a message allows."""
    grouped: list[list[discord.Embed]] = []
    for embed in embeds:
        if not grouped or sum(map(_length, [*grouped[-1], embed])) > EMBED_LIMIT:
            grouped.append([])
        grouped[-1].append(embed)
    return grouped


def _length(embed: discord.Embed) -> int:
    parts = (embed.title, embed.description, embed.author.name, embed.footer.text)
    return sum(units(part) for part in parts if part)


def _understood(question: str, asked: str, say: Language) -> list[str]:
    """What was searched for where it is not what was asked, or where that does not fit above the answer."""
    if question.split() == asked.split() and units(asked) <= AUTHOR_LIMIT:
        return []
    return [f"**{say('Understood as:')}** {escape_within(one_line(question), UNDERSTOOD_LIMIT)}"]


def _answered(found: Answer, understood: list[str], say: Language) -> tuple[discord.Embed, ...]:
    blocks = [_quoted(quote, number, say, found.short) for number, quote in enumerate(found.agreeing, start=1)]
    blocks += [_against(rival, number, say) for number, rival in enumerate(found.rivals, start=len(blocks) + 1)]
    embeds = _parted([*understood, *blocks], ANSWERED)
    if found.short:
        embeds[0].title = escape_within(one_line(found.short), TITLE_LIMIT)
    embeds[-1].set_footer(text=_standing(found, say))
    return embeds


def _standing(found: Answer, say: Language) -> str:
    """That nothing is altered, who else says so, and how old the newest source is."""
    said, outlets = [say(VERBATIM)], len(found.outlets)
    if outlets > 1:
        said.append(say.many(outlets, "{n} independent outlet says so.", "{n} independent outlets say so."))
    if found.corrected:
        said.append(say("From a correction."))
    if found.newest:
        said.append(say("Newest source: {day}.", day=say.day(found.newest)))
    return " ".join(said)


def _limited_to(asked: Search, say: Language) -> str:
    """What the search was limited to, where it was."""
    said = [
        say("from {day} on", day=say.day(asked.after)) if asked.after else "",
        say("before {day}", day=say.day(asked.before)) if asked.before else "",
        say("by {publisher}", publisher=asked.publisher) if asked.publisher else "",
    ]
    limits = ", ".join(filter(None, said))
    return say("Looked only at articles {limits}.", limits=limits) if limits else ""


def _against(rival: Rival, number: int, say: Language) -> str:
    """Another answer with its own quote."""
    return (
        f"**{say('Others say: {answer}', answer=name(rival.short))}**\n{_quoted(rival.quote, number, say, rival.short)}"
    )


def _declined(found: NoEvidence, understood: list[str], say: Language) -> tuple[discord.Embed, ...]:
    nearest = [f"{snippet(hit)}\n\n{citation(hit.stored.article, say=say)}" for hit in found.hits[:NEAREST_SHOWN]]
    said = [*understood, say("I found nothing in the archive that answers this."), say(HOW_TO_ASK)]
    if nearest:
        said += [f"**{say('Nearest passages, not an answer')}**", *nearest]
    else:
        said.append(say("Nothing in it comes near, either."))
    embeds = _parted(said, DECLINED)
    embeds[0].title = say("No answer in the archive")
    return embeds


def _parted(blocks: Iterable[str], colour: discord.Colour) -> tuple[discord.Embed, ...]:
    """Embeds that hold the blocks in order, none of them in two; at least one embed."""
    descriptions: list[str] = []
    for block in blocks:
        longer = f"{descriptions[-1]}\n\n{block}" if descriptions else block
        if descriptions and units(longer) <= DESCRIPTION_LIMIT:
            descriptions[-1] = longer
        else:
            descriptions.append(block)
    return tuple(discord.Embed(description=one, colour=colour) for one in descriptions or [""])


def _quoted(quote: Quote, number: int, say: Language, short: str | None = None) -> str:
    """A quote with the short answer in bold, over where it stands."""
    cited = f"[{number}] {_cited(quote, say)}"
    words = block_quote(quote.text, _room(quote), bold=_where(short, quote.text))
    return f"{words}\n\n{cited}" if words else _shortened(quote, cited, say)


def _room(quote: Quote) -> int:
    """Characters for the words themselves."""
    return DESCRIPTION_LIMIT - CITATION_LIMIT - (CORRECTED_LIMIT if quote.correction else 0)


def _where(words: str | None, text: str) -> tuple[int, int]:
    """Start and end of the words in the text, where they stand there as whole words; (0, 0) where they do not."""
    wanted = (words or "").strip()
    found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text) if wanted else None
    return found.span() if found else (0, 0)


def _shortened(quote: Quote, cited: str, say: Language) -> str:
    words = escape_within(one_line(quote.text), SHORTENED_LIMIT - 2)
    return f"> {words}\n\n{cited}\n*{say('The quote is longer than Discord can show: this is its beginning.')}*"


def _context(found: Context | Gone | None, number: int, say: Language) -> str:
    if not isinstance(found, Context):
        return f"[{number}] {fates.gone(found, say) if found else say(GONE)}"
    quote, around = found.quote, found.around
    text = quote.stored.article.text[around.start : around.end]
    bold = quote.start - around.start, quote.end - around.start
    words = block_quote(text, _room(quote), bold=bold)
    return f"{words}\n\n[{number}] {_cited(quote, say)}" if words else _quoted(quote, number, say)


def _cited(quote: Quote, say: Language) -> str:
    article = quote.stored.article
    said = ""
    if quote.speaker:
        said = say("Said by {speaker}", speaker=f"**{name(quote.speaker)}**") + " · "
    elif quote.unnamed:
        said = say("Speaker not named in this passage") + " · "
    cited = said + citation(article, sentence_url(article.url, quote.text), say)
    cited = " · ".join(filter(None, [cited, also(quote.also, say)]))
    return "\n".join(filter(None, [cited, fates.corrected(quote, say), fates.changed(quote.stored, say)]))
