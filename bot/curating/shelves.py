"""What is read of a server's own articles, as replies with their buttons. Nothing of another server is read."""

import re

import discord

from bot.archive import Archive, own_collection
from bot.curating import holdings
from bot.curating.buttons import ConfirmRemoval, SpareArticle, row
from bot.curating.holdings import A_PAGE
from bot.escape import clip, one_line
from bot.language import Language, phrase
from bot.lists.turning import turning
from bot.render import notice
from index import Article, Filters

CHOICE_LIMIT = 100  # characters: https://discord.com/developers/docs/interactions/application-commands#autocomplete
NONE_SUCH = phrase(
    "This server has no such article of its own. Please pick one from the list that /archive remove shows."
)
LOOKED_THROUGH = 200  # of the server's newest articles, for an autocompletion; older ones are named by their address

Reply = tuple[discord.Embed, discord.ui.View | None]


async def page(archive: Archive, guild_id: int, number: int, say: Language) -> Reply:
    """One page of the list, counted from 0; the last one if it has become shorter since."""
    collection = own_collection(guild_id)
    held = (await archive.status(collection)).articles
    of = max(1, -(-held // A_PAGE))
    number = min(number, of - 1)
    found = await archive.recent(A_PAGE, Filters((collection,)), number * A_PAGE)
    return holdings.own_list(found, number, of, say), turning(
        "archive:list", number, say("Previous"), say("Next"), last=number == of - 1
    )


async def removal(archive: Archive, guild_id: int, named: str, say: Language) -> Reply:
    """The question before an article is removed, or that there is none of this name."""
    collection = own_collection(guild_id)
    stored = await archive.show(_id_of(named.strip(), collection), [collection])
    if stored is None:
        return notice(say(NONE_SUCH)), None
    return holdings.removal(stored, say), row(ConfirmRemoval(stored.article.id, say), SpareArticle(say))


async def suggested(archive: Archive, guild_id: int, typed: str) -> list[Article]:
    """The server's own articles whose title or address holds what was typed, the last added first."""
    found = await archive.suggest(LOOKED_THROUGH, Filters((own_collection(guild_id),)))
    articles = [stored.article for stored in found]
    return [one for one in articles if typed.casefold() in f"{one.title} {one.url}".casefold()]


def named(article: Article) -> str:
    """Title and address in the length of a choice."""
    return clip(f"{one_line(article.title) or '?'} · {one_line(article.url)}", CHOICE_LIMIT)


def _id_of(named: str, collection: str) -> str:
    """What was picked is an id; what was typed may be an address. Neither is trusted: the collection decides."""
    return named if re.fullmatch("[0-9a-f]{16}", named) else Article(named, "", "", collection=collection).id
