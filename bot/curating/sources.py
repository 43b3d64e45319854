"""What admins see of the sources that their server has added. Pure: values in, embeds out."""

from datetime import datetime, timedelta

import discord

from bot.archive import Followed
from bot.curating.reasons import reason
from bot.escape import clip, escape_within, host_of, link, one_line, safe_url, units
from bot.language import ENGLISH, Language, phrase
from bot.render import ANSWERED, DECLINED, FOUND, NAME_LIMIT, REASON_LIMIT, URL_LIMIT, listing, notice
from index import Ills, NewSource, Rejection, Source

RECENTLY = timedelta(minutes=15)  # a watch that is at work begins one round after the other, each of some minutes
CHOICE_LIMIT = 100  # characters: https://discord.com/developers/docs/interactions/application-commands#autocomplete

KINDS = {"feed": phrase("Feed"), "sitemap": phrase("Sitemap"), "page": phrase("Page")}
NONE_SUCH = phrase("This server follows no such source. Please pick one from the list that the command suggests.")
NOBODY = phrase("Nobody looks at sources yet: articles come in once whoever runs this bot starts `pullquote watch`.")
NOBODY_NOW = phrase(
    "Sources were last looked at {when}: articles come in once whoever runs this bot starts `pullquote watch` again."
)
CHANGED = {
    "pause": phrase("Paused: {source}. Its articles stay."),
    "resume": phrase("Followed again: {source}."),
    "remove": phrase("Followed no more: {source}. Its articles stay; `/archive remove` takes them out."),
}


def added(
    found: NewSource | Rejection, watched_at: datetime | None, now: datetime, say: Language = ENGLISH
) -> discord.Embed:
    """What came of adding a source, and what happens next, as far as that is known."""
    if isinstance(found, Rejection):
        text = f"{_linked(found.source)}: {_why(found.reason, say)}"
        return discord.Embed(title=say("Not followed"), description=text, colour=DECLINED)
    if not found.is_new:
        return notice(say("This server follows that source already."))
    lines = [_linked(found.source.address), _what(found, say), "", next_look(watched_at, now, say)]
    for feed in found.feeds[:1]:
        lines += ["", say("That page offers a feed, which brings every new article: {feed}", feed=_linked(feed))]
    return discord.Embed(title=say("Followed from now on"), description="\n".join(lines), colour=ANSWERED)


def next_look(watched_at: datetime | None, now: datetime, say: Language) -> str:
    """Whether anybody looks at sources, and what has to be done where nobody does."""
    if watched_at is None:
        return say(NOBODY)
    if now - watched_at > RECENTLY:
        return say(NOBODY_NOW, when=discord.utils.format_dt(watched_at, "R"))
    return say("Its articles come in by themselves, the first within a few minutes.")


def listed(followed: Followed, most: int, now: datetime, say: Language = ENGLISH) -> discord.Embed:
    """Every source of the server and how it does, as many as fit."""
    blocks = ["\n".join(_health(source, ills, now, say)) for source, ills in followed.sources]
    if not blocks:
        blocks = [say("This server follows no sources yet. `/archive source add` takes a feed, a sitemap or a page.")]
    elif followed.watched_at is None or now - followed.watched_at > RECENTLY:
        blocks.insert(0, next_look(followed.watched_at, now, say))
    spaced = [f"{block}\n" for block in blocks[:-1]] + blocks[-1:]
    embed = listing(say("Sources of this server"), spaced, say)
    return embed.set_footer(text=say("{n} of {most} sources", n=len(followed.sources), most=most))


def changed(change: str, source: Source | None, say: Language = ENGLISH) -> discord.Embed:
    """What was done, or that there is no such source."""
    if source is None:
        return notice(say(NONE_SUCH))
    text = say(CHANGED[change], source=_linked(source.address))
    return discord.Embed(description=text, colour=FOUND)


def named(source: Source) -> str:
    """Its address, in the length of a choice."""
    return clip(one_line(source.address), CHOICE_LIMIT)


def _what(found: NewSource, say: Language) -> str:
    if found.source.kind == "page":
        return say("A single page, looked at for changes.")
    return say.many(found.names, "It names {n} page now.", "It names {n} pages now.")


def _health(source: Source, ills: Ills, now: datetime, say: Language) -> list[str]:
    facts = [say(KINDS.get(source.kind, source.kind)), say.many(source.articles, "{n} article", "{n} articles")]
    facts += [say("looked at {when}", when=discord.utils.format_dt(source.looked_at, "R"))] if source.looked_at else []
    facts += [say("{n} still to be read", n=source.waiting)] if source.waiting else []
    lines = [f"**{_linked(source.address)}** · {_state(source, now, say)}", " · ".join(facts)]
    lines += [say("It fails: {why}", why=_why(source.error, say))] if source.error else []
    if ills.held_back:
        lines.append(
            say.many(
                ills.held_back,
                "{n} page is gone together with most others there: its article stays, as the site may be at fault.",
                "{n} pages are gone together with most others there: their articles stay, as the site may be at fault.",
            )
        )
    if (refused := ills.refused).count:
        lines.append(say.many(refused.count, "{n} page not taken, last:", "{n} pages not taken, last:"))
        lines += [f"> {_linked(one.url)}: {_why(one.reason, say)}" for one in refused.last]
    return lines


def _state(source: Source, now: datetime, say: Language) -> str:
    if source.paused:
        return say("paused")
    if source.due_at <= now:
        return say("due now")
    return say("next {when}", when=discord.utils.format_dt(source.due_at, "R"))


def _why(given: str, say: Language) -> str:
    return escape_within(one_line(reason(given, say)), REASON_LIMIT)


def _linked(address: str) -> str:
    """The address as a link that shows host and path; as text where it is none that can be shown."""
    if host_of(address) is None or units(safe_url(address) or "") > URL_LIMIT:
        return escape_within(one_line(address), NAME_LIMIT) or "?"
    return link(address.split("://", 1)[1], address, NAME_LIMIT)
