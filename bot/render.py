"""What the index says, as embeds. Pure: values in, embeds out. Text of articles passes through `escape` on its way."""

from collections.abc import Iterable
from datetime import datetime

import discord

from bot.escape import block_quote, clip, escape_within, host_of, link, one_line, safe_url, sentence_url, units
from bot.paging import Page
from index import Answer, Article, Hit, NoEvidence, Quote, Rival

# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
TITLE_LIMIT = 256
DESCRIPTION_LIMIT = 4096
AUTHOR_LIMIT = 256
FOOTER_LIMIT = 2048
EMBED_LIMIT = 6000  # all text of all embeds of a message

# Shares of a description; together they keep a page of results and a citation within DESCRIPTION_LIMIT.
HEADLINE_LIMIT = 120
NAME_LIMIT = 80
URL_LIMIT = 350
SNIPPET_LIMIT = 300
REASON_LIMIT = 200
UNDERSTOOD_LIMIT = 300

NEAREST_SHOWN = 3
BAR_CELLS = 16

ANSWERED = discord.Colour(0x2D8C6F)
DECLINED = discord.Colour(0x8A8F98)
FOUND = discord.Colour(0x3B6FB6)
NOTICED = discord.Colour(0xC98A1B)

VERBATIM = "Quoted word for word from the stored articles."
UNDERSTOOD = "**Understood as:**"
NEAREST = "**Nearest passages, not an answer**"


def notice(sentence: str) -> discord.Embed:
    """One sentence of ours to the person who asked."""
    return discord.Embed(description=escape_within(sentence, DESCRIPTION_LIMIT) or "?", colour=NOTICED)


def waiting(place: int) -> discord.Embed:
    """What stands where the answer will be, for one who waits in line; 1 is next."""
    return notice("Your question is next in line …" if place == 1 else f"Your question is number {place} in line …")


def answer(found: Answer | NoEvidence, *, asked: str | None = None) -> discord.Embed:
    """The short answer over its quotes, or the plain word that there is none over the nearest passages.

    `asked` is the question as it was asked; where it was completed, what it was understood as comes first.
    """
    understood = _understood(found.question, asked)
    embed = (
        _declined(found) if isinstance(found, NoEvidence) else _answered(found, DESCRIPTION_LIMIT - units(understood))
    )
    embed.description = understood + (embed.description or "")
    return embed.set_author(name=clip(one_line(asked or found.question), AUTHOR_LIMIT) or "?")


def _understood(question: str, asked: str | None) -> str:
    if asked is None or question.split() == asked.split():
        return ""
    return f"{UNDERSTOOD} {escape_within(one_line(question), UNDERSTOOD_LIMIT)}\n\n"


def _answered(found: Answer, limit: int) -> discord.Embed:
    blocks = [_quoted(quote, number) for number, quote in enumerate(found.quotes, start=1)]
    blocks += [_against(rival, number) for number, rival in enumerate(found.rivals, start=len(blocks) + 1)]
    shown = _that_fit(blocks, limit) or [_shortened(found.quotes[0], limit)]
    embed = discord.Embed(description="\n\n".join(shown), colour=ANSWERED)
    if found.short:
        embed.title = escape_within(one_line(found.short), TITLE_LIMIT)
    left_out = len(blocks) - len(shown)
    more = f" {left_out} more did not fit." if left_out else ""
    return embed.set_footer(text=VERBATIM + more + _standing(found))


def _standing(found: Answer) -> str:
    """Who else says so, and how old the newest source is."""
    outlets = f" {len(found.outlets)} independent outlets say so." if len(found.outlets) > 1 else ""
    corrected = " From a correction." if found.corrected else ""
    newest = f" Newest source: {found.newest.day} {found.newest:%B %Y}." if found.newest else ""
    return outlets + corrected + newest


def _against(rival: Rival, number: int) -> str | None:
    """Another answer with its own quote, whole or not at all."""
    quoted = _quoted(rival.quote, number)
    return f"**Others say: {_name(rival.short)}**\n{quoted}" if quoted else None


def _declined(found: NoEvidence) -> discord.Embed:
    nearest = [f"{_snippet(hit)}\n\n{_citation(hit.stored.article)}" for hit in found.hits[:NEAREST_SHOWN]]
    said = ["I found nothing in the archive that answers this."]
    said += [NEAREST, *nearest] if nearest else ["Nothing in it comes near, either."]
    return discord.Embed(title="No answer in the archive", description="\n\n".join(said), colour=DECLINED)


def results(page: Page) -> discord.Embed:
    """One page of a search. Author name and footer carry the search itself; see `paging.search_of`."""
    rows = [_row(hit, rank) for rank, hit in enumerate(page.hits, start=page.first)]
    embed = discord.Embed(description="\n\n".join(rows) or "Nothing in the archive matches this.", colour=FOUND)
    embed.set_author(name=page.search.query)
    return embed.set_footer(text=page.search.footer(page.number, page.pages))


def _that_fit(blocks: Iterable[str | None], limit: int) -> list[str]:
    """The first blocks, as many as fit with an empty line between; a quote is left out rather than cut."""
    shown: list[str] = []
    for block in blocks:
        if block is None or units("\n\n".join([*shown, block])) > limit:
            break
        shown.append(block)
    return shown


def _quoted(quote: Quote, number: int) -> str | None:
    words = block_quote(quote.text, DESCRIPTION_LIMIT)
    return f"{words}\n\n[{number}] {_cited(quote)}" if words else None


def _shortened(quote: Quote, limit: int) -> str:
    cited = f"\n\n[1] {_cited(quote)}\n*The quote is longer than Discord can show: this is its beginning.*"
    words = escape_within(one_line(quote.text), limit - units(cited) - 2)
    return f"> {words}{cited}"


def _cited(quote: Quote) -> str:
    article = quote.stored.article
    said = f"Said by **{_name(quote.speaker)}** · " if quote.speaker else ""
    return said + _citation(article, sentence_url(article.url, quote.text))


def _citation(article: Article, url: str | None = None) -> str:
    """Publisher, date, title as a link, and the host that the link leads to."""
    publisher = f"**{_name(article.publisher)}**" if article.publisher else "publisher unknown"
    return f"{publisher} · {_date(article.published_at)} · {_titled(article, url or article.url)}"


def _titled(article: Article, url: str) -> str:
    host = host_of(article.url)
    short = url if units(safe_url(url) or "") <= URL_LIMIT else article.url
    if host is None or units(safe_url(short) or "") > URL_LIMIT:
        return escape_within(one_line(article.title), HEADLINE_LIMIT) or "untitled"
    return f"{link(article.title or host, short, HEADLINE_LIMIT)} ({clip(host, NAME_LIMIT)})"


def _row(hit: Hit, rank: int) -> str:
    return f"**{rank}.** {_citation(hit.stored.article)}\n{_snippet(hit)}"


def _snippet(hit: Hit) -> str:
    return f"> {escape_within(one_line(hit.text), SNIPPET_LIMIT)}"


def _name(words: str) -> str:
    return escape_within(one_line(words), NAME_LIMIT)


def _date(when: datetime | None) -> str:
    return f"<t:{int(when.timestamp())}:D>" if when else "date unknown"
