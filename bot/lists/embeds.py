"""A page of a list as an embed. Pure: values in, embeds out."""

import discord

from bot.language import ENGLISH, Language
from bot.lists.paging import Arrivals, Page
from bot.render import FOUND, also, citation, snippet
from index import Hit, StoredArticle


def results(page: Page, say: Language = ENGLISH) -> discord.Embed:
    """One page of a search. Author name and footer carry the search itself; see `paging.search_of`."""
    rows = [_row(hit, rank, say) for rank, hit in enumerate(page.hits, start=page.first)]
    nothing = say("Nothing in the archive matches this.")
    embed = discord.Embed(description="\n\n".join(rows) or nothing, colour=FOUND)
    embed.set_author(name=page.search.query)
    return embed.set_footer(text=page.search.footer(page.number, page.pages, page.found, say))


def arrivals(page: Arrivals, say: Language = ENGLISH) -> discord.Embed:
    """One page of what came in. The footer carries the publisher; see `paging.publisher_of`."""
    rows = [_arrival(stored, say) for stored in page.articles]
    nothing = say("Nothing has come in here.")
    embed = discord.Embed(title=say("Latest articles"), description="\n\n".join(rows) or nothing, colour=FOUND)
    return embed.set_footer(text=page.footer(say))


def _arrival(stored: StoredArticle, say: Language) -> str:
    added = say("came in {when}", when=f"<t:{int(stored.added_at.timestamp())}:R>")
    return f"{citation(stored.article, say=say)}\n{added}"


def _row(hit: Hit, rank: int, say: Language) -> str:
    cited = " · ".join(filter(None, [citation(hit.stored.article, say=say), also(hit.also, say)]))
    return f"**{rank}.** {cited}\n{snippet(hit)}"
