"""What the index says, as embeds. Pure: values in, embeds out. Text of articles passes through `escape` on its way."""

from collections.abc import Iterable, Sequence

import discord

from bot.escape import clip, escape_within, host_of, link, one_line, safe_url, units
from bot.language import ENGLISH, Language
from index import Article, Hit

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

BAR_CELLS = 16

ANSWERED = discord.Colour(0x2D8C6F)
DECLINED = discord.Colour(0x8A8F98)
FOUND = discord.Colour(0x3B6FB6)
NOTICED = discord.Colour(0xC98A1B)


def notice(sentence: str) -> discord.Embed:
    """One sentence of ours to the person who asked."""
    return discord.Embed(description=escape_within(sentence, DESCRIPTION_LIMIT) or "?", colour=NOTICED)


def waiting(place: int, say: Language = ENGLISH) -> discord.Embed:
    """What stands where the answer will be, for one who waits in line; 1 is next."""
    if place == 1:
        return notice(say("Your question is next in line …"))
    return notice(say("Your question is number {n} in line …", n=place))


def listing(title: str, lines: Iterable[str], say: Language = ENGLISH) -> discord.Embed:
    """Lines of markdown under a title, as many as fit; the rest is counted."""
    every, shown = list(lines), list[str]()
    for line in every:
        if units("\n".join([*shown, line])) > DESCRIPTION_LIMIT - NAME_LIMIT:
            break
        shown.append(line)
    left_out = len(every) - len(shown)
    shown += [say.many(left_out, "… and {n} more.", "… and {n} more.")] if left_out else []
    return discord.Embed(title=title, description="\n".join(shown), colour=FOUND)


def citation(article: Article, url: str | None = None, say: Language = ENGLISH) -> str:
    """Publisher, date, title as a link, and the host that the link leads to."""
    publisher = f"**{name(article.publisher)}**" if article.publisher else say("publisher unknown")
    published = f"<t:{int(article.published_at.timestamp())}:D>" if article.published_at else say("date unknown")
    return f"{publisher} · {published} · {_titled(article, url or article.url, say)}"


def also(outlets: Sequence[str], say: Language = ENGLISH) -> str:
    """In how many other outlets the article stands; empty where in none."""
    return say.many(len(outlets), "Also in {n} outlet.", "Also in {n} outlets.") if outlets else ""


def _titled(article: Article, url: str, say: Language) -> str:
    host = host_of(article.url)
    short = url if units(safe_url(url) or "") <= URL_LIMIT else article.url
    if host is None or units(safe_url(short) or "") > URL_LIMIT:
        return escape_within(one_line(article.title), HEADLINE_LIMIT) or say("untitled")
    return f"{link(article.title or host, short, HEADLINE_LIMIT)} ({clip(host, NAME_LIMIT)})"


def snippet(hit: Hit) -> str:
    """The beginning of a passage, behind a quote mark."""
    return f"> {escape_within(one_line(hit.text), SNIPPET_LIMIT)}"


def name(words: str) -> str:
    """A name from outside: escaped, on one line, and not too long."""
    return escape_within(one_line(words), NAME_LIMIT)
