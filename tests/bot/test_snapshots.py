"""Every embed of the bot as its text stands in `embeds.txt`, so that a change of what people read is seen in a diff.

`python -m tests.bot.test_snapshots` writes the file anew.
"""

import ast
import asyncio
import difflib
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import discord

from bot import render
from bot.alerts.follows import Follow
from bot.answers import complaints, quotes
from bot.answers.buttons import asking_on, under
from bot.answers.complaints import Checked, Complaint
from bot.archive import AlreadyReindexing, Busy, Followed, TooLate, Writing
from bot.archive.references import Reference, reference_of
from bot.asking import turnstile
from bot.cogs import following, latest, privacy, search
from bot.cogs import help as helping
from bot.cogs.server import Control
from bot.curating import holdings, sources
from bot.curating.buttons import CallOff, ConfirmRemoval, SpareArticle, row
from bot.curating.jobs import PAGE, Job, Order
from bot.curating.reports import CANCELLED, FAILED, Report
from bot.errors import explain
from bot.guilds import GuildSettings
from bot.language import ENGLISH, language
from bot.lists import embeds
from bot.lists.paging import Arrivals, Page, Search
from bot.servers import audit, panel, welcome
from bot.servers.keeping import Kept
from index import (
    Answer,
    ArchiveUnusable,
    Article,
    Context,
    Correction,
    Gone,
    Hit,
    Ills,
    NewSource,
    NoEvidence,
    Passage,
    Progress,
    Quote,
    Refusal,
    Refusals,
    Rejection,
    Rival,
    Source,
    Span,
    Status,
    StoredArticle,
    Turn,
)

FILE = Path(__file__).with_name("embeds.txt")
BOT = Path(__file__).parents[2] / "bot"
GERMAN = language("de")

# What makes no message of its own: parts of what is in the file, or hands on what others have made.
NO_MESSAGE = {
    "bot.answers.complaints._quote": "part of told",
    "bot.answers.quotes._answered": "part of answer",
    "bot.answers.quotes._declined": "part of answer",
    "bot.answers.quotes._parted": "part of answer",
    "bot.answers.quotes.messages": "hands on",
    "bot.asking.turnstile.Turnstile._refusal": "hands on _pointer and notice",
    "bot.cogs.follow.Follow.follow": "one sentence after a click, in the tests of the cog",
    "bot.cogs.sources.SourceCommands._added": "hands on added, and one sentence of refusal",
    "bot.cogs.sources.SourceCommands._changed": "hands on changed",
    "bot.cogs.sources.SourceCommands._listed": "hands on listed",
    "bot.messages.delivery._several": "hands on",
}


class Snapshot(NamedTuple):
    """A message, by what made it, and what it shows."""

    headline: str
    made_by: Callable[..., Any]
    embeds: Sequence[discord.Embed]
    view: discord.ui.View | None = None


def made(
    headline: str, by: Callable[..., Any], *given: Any, view: discord.ui.View | None = None, **named: Any
) -> Snapshot:
    """What the function makes of what it is given."""
    found = by(*given, **named)
    return Snapshot(headline, by, [found] if isinstance(found, discord.Embed) else list(found), view)


def at(day: int, hour: int = 9) -> datetime:
    """A moment of October 2025."""
    return datetime(2025, 10, day, hour, tzinfo=UTC)


BRIDGE = StoredArticle(
    Article(
        url="https://harbour.example/bridge-closed",
        title="Lund bridge closed after crack is found",
        text="The Lund bridge was closed on Monday. Engineers found a crack of 40 centimetres in its deck. "
        "“Nobody is in danger,” Ida Moor said. Buses take the northern road.",
        publisher="Harbour Courier",
        author="Nils Aker",
        published_at=at(20),
    ),
    version=2,
    added_at=at(21),
)
RIVER = StoredArticle(
    Article(
        url="https://river.example/news/lund?id=7",
        title="What is known of the crack",
        text="The city speaks of a crack of 25 centimetres. Repairs are to take three weeks.",
        publisher="River *Times*",
        published_at=at(22),
    ),
    version=1,
    added_at=at(23),
)
PASTED = StoredArticle(
    Article(url="file:minutes.txt", title="Minutes of the council", text="The council pays for the repairs."),
    version=1,
    added_at=at(24),
)


def quote(stored: StoredArticle, words: str, **more: Any) -> Quote:
    """These words, where they stand in the article."""
    start = stored.article.text.index(words)
    return Quote(stored, start, start + len(words), 1.0, **more)


def hit(stored: StoredArticle, also: tuple[str, ...] = ()) -> Hit:
    """The whole article as one passage."""
    return Hit(1, stored, Passage(0, len(stored.article.text)), 1.0, also=also)


QUESTION = "How long is the crack in the Lund bridge?"
CRACK = quote(BRIDGE, "Engineers found a crack of 40 centimetres in its deck.")
SAFE = quote(BRIDGE, "“Nobody is in danger,” Ida Moor said.", speaker="Ida Moor", also=("Evening Post", "The Lund Sun"))
OTHER = quote(RIVER, "The city speaks of a crack of 25 centimetres.")
PAYS = quote(PASTED, "The council pays for the repairs.")
OLD = replace(CRACK, stored=replace(BRIDGE, version=1, replaced_at=at(23)))
CORRECTED = replace(CRACK, correction=Correction("Correction: the crack is in the deck, not in a pillar.", 2, at(21)))
ANSWER = Answer(QUESTION, (CRACK, SAFE), "40 centimetres", 0.9, (hit(BRIDGE),), ("Harbour Courier",))
AGREED = replace(ANSWER, quotes=(CORRECTED, PAYS), outlets=("Harbour Courier", "Evening Post"), corrected=True)
CONFLICT = replace(ANSWER, quotes=(CRACK, OTHER), rivals=(Rival("25 centimetres", OTHER, ("River *Times*",)),))
UNKNOWN = NoEvidence("Who built the Lund bridge?", 0.1, (hit(BRIDGE), hit(PASTED)))
WITHDRAWN = Gone(BRIDGE.article.id, "public", 2, "withdrawn", at(25), "the photographs were of another bridge")
REMOVED = Gone(BRIDGE.article.id, "public", 2, "removed", at(25))
AROUND = Context(CRACK, Span(0, BRIDGE.article.text.index(" Buses")))
LIMITED = Search("and how long is it?", date(2025, 10, 1), date(2025, 11, 1), "Harbour Courier")
PUBLIC = Status(1234, 5678, ("public",), 12, at(1), at(22), at(23), "all-MiniLM-L6-v2", 31_000_000)
OWN = Status(1, 3, ("guild:7",), 1, None, None, at(24), "all-MiniLM-L6-v2", 0)
NONE = replace(OWN, articles=0, last_added_at=None)
REJECTED = (Rejection("https://river.example/shop", "it is not an article"), Rejection("notes.docx", "unknown format"))
ADDED = Report(at=at(24), what="https://harbour.example/feed", added=3, changed=1, rejected=4, rejections=REJECTED)
REINDEXED = Report(at=at(23), unchanged=1234)
FEED = Source(
    id=3, address="https://harbour.example/feed?of=(all)", kind="feed", collection="guild-7", guest=True,
    every=timedelta(minutes=30), paused=False, due_at=at(24, 9), looked_at=at(24, 8), articles=40, waiting=2,
)  # fmt: skip
SETTLED = GuildSettings(
    channels=(71, 72), private=True, language="de", public=False, person_cooldown_s=30, per_minute=1,
    admins_channel=73, keep_days=30,
)  # fmt: skip


async def snapshots() -> list[Snapshot]:
    """All of them. Views want a running loop."""
    return [*of_answers(), *of_lists(), *of_the_archive(), *of_sources(), *of_servers(), *of_notices()]


def answer(headline: str, found: Answer | NoEvidence, asked: Search | None = None, **more: Any) -> Snapshot:
    """An answer and the buttons under it."""
    asked = asked or Search(found.question)
    view = under(found, asked, private=more.pop("private", False), say=more.get("say", ENGLISH))
    return made(headline, quotes.answer, found, asked=asked, view=view, **more)


def of_answers() -> Iterator[Snapshot]:
    yield answer("An answer", ANSWER)
    yield answer("An answer, in German", ANSWER, say=GERMAN)
    yield answer("A completed question, limited, for the asker alone", ANSWER, LIMITED, newest=at(22), private=True)
    yield answer("Several outlets, a correction, an article without an address", AGREED)
    yield answer("Quotes without a short answer, one of an earlier version", replace(ANSWER, short=None, quotes=(OLD,)))
    yield answer("Sources contradict each other", CONFLICT)
    yield answer("Sources contradict each other, in German", CONFLICT, say=GERMAN)
    yield answer("No evidence", UNKNOWN, newest=at(22))
    yield answer("No evidence, in German", UNKNOWN, newest=at(22), say=GERMAN)
    yield answer("No evidence, and nothing near", replace(UNKNOWN, hits=()))
    unfollow = discord.ui.View(timeout=None)
    unfollow.add_item(following.UnfollowButton(7, "0a1b2c3d", "Unfollow"))
    yield made("An alert", quotes.alert, ANSWER, "Lund bridge", "You follow this topic in Newsroom.", view=unfollow)
    yield made("More quotes", quotes.more, (replace(OTHER, unnamed=True),), 3)
    asking = asking_on(Search(QUESTION))
    yield made("A thread begins", quotes.opening, Turn(QUESTION, "40 centimetres"), view=asking)
    yield made("Sources of a message", quotes.sources, "The bridge is broken!", (hit(BRIDGE), hit(RIVER)))
    yield made("Sources of a message that nothing is near to", quotes.sources, "The moon is made of cheese.", ())
    yield made("Context, and what has become of articles", quotes.contexts, (AROUND, WITHDRAWN, REMOVED, None))
    yield made("A report of wrong quotes", complaints.told, complaint())
    yield made("A report without a word", complaints.told, Complaint(QUESTION, "", (), None))


def complaint() -> Complaint:
    place, changed = reference_of(CRACK), replace(AROUND, quote=OLD)
    return Complaint(
        QUESTION,
        "The crack is shorter: see the *city's* page.",
        (
            Checked(1, place, CRACK.text, AROUND),
            Checked(2, place, "Engineers found a crack of 4 metres.", AROUND),
            Checked(3, reference_of(OLD), OLD.text, changed),
            Checked(4, place, CRACK.text, WITHDRAWN),
            Checked(5, Reference("0123456789abcdef", 1, 0, 10), None, None),
        ),
        "https://discord.com/channels/7/71/99",
    )


def of_lists() -> Iterator[Snapshot]:
    limited = replace(LIMITED, query="Lund bridge", by_date=True)
    first = Page(Search("Lund bridge"), (hit(BRIDGE, ("Evening Post",)), hit(RIVER), hit(PASTED)), 0, 2, 7)
    for name, say in (("", ENGLISH), (", in German", GERMAN)):
        yield made(f"A search, first page{name}", embeds.results, first, say, view=search._buttons(first, say))
    last = Page(limited, (hit(BRIDGE),), 1, 2, 5)
    yield made("A search, limited, last page", embeds.results, last, view=search._buttons(last, ENGLISH))
    yield made("A search that finds nothing", embeds.results, Page(Search("cheese"), (), 0, 1))
    some = Arrivals((PASTED, RIVER), 0, more=True)
    yield made("Latest articles", embeds.arrivals, some, view=latest._buttons(some, ENGLISH))
    yield made(
        "Latest articles of a publisher with none", embeds.arrivals, Arrivals((), 0, more=False, publisher="Sun")
    )
    follows = (
        Follow(id="1", guild_id=7, topic="Lund bridge", channel_id=71),
        Follow(id="2", guild_id=7, topic="Ferry"),
    )
    lines = [following._line(one, ENGLISH) for one in (*follows, replace(follows[1], paused=True))]
    yield made("Followed topics", render.listing, "Followed topics", lines)


def of_the_archive() -> Iterator[Snapshot]:
    what, off = "https://harbour.example/feed", row(CallOff("0a1b2c3d"))
    job = Job(Order(id="0a1b2c3d", guild_id=7, channel_id=71, message_id=99, deed=PAGE, what=what))
    yield made("A job waits for its turn", holdings.running, job, view=off)
    yield made("A job under way", holdings.progress, what, Progress("encoding", 300, 1200), 150.0, view=off)
    yield made("A reindexing, its end not known", holdings.progress, "", Progress("reading", 1234, None), None)
    yield made("A reindexing, nearly done", holdings.progress, "", Progress("publishing", 0, 1), 20.0)
    yield made("A report", holdings.report, ADDED)
    yield made("A report of one page", holdings.report, Report(at=at(24), what="minutes.txt", added=1), 6)
    nothing = Report(at=at(24), what="notes.docx", rejected=1, rejections=REJECTED[1:])
    yield made("A report of nothing", holdings.report, nothing)
    yield made("A report of a reindexing", holdings.report, REINDEXED)
    for name, outcome in (("that was cancelled", CANCELLED), ("that failed", FAILED)):
        yield made(f"A report of a job {name}", holdings.report, Report(at=at(24), what=what, outcome=outcome))
    yield made("The last reports", holdings.reports, (ADDED, REINDEXED, replace(REINDEXED, outcome=FAILED)))
    yield made("No reports", holdings.reports, ())
    yield made("Status", holdings.status, PUBLIC, OWN, 31_000_000)
    yield made("Status, in German", holdings.status, PUBLIC, OWN, 31_000_000, GERMAN)
    yield made("Status of a server without articles", holdings.status, None, NONE, None)
    yield made("A server's own articles", holdings.own_list, (PASTED, BRIDGE), 1, 2)
    yield made("A server without articles", holdings.own_list, (), 0, 1)
    sure = row(ConfirmRemoval(BRIDGE.article.id), SpareArticle())
    yield made("Before an article is removed", holdings.removal, BRIDGE, view=sure)


def of_sources() -> Iterator[Snapshot]:
    feed, names = replace(FEED, articles=0, looked_at=None), 12
    new = NewSource(feed, names)
    yield made("A source is added, and somebody looks at sources", sources.added, new, at(24, 8), at(24, 8))
    yield made("A source is added, and nobody does", sources.added, new, None, at(24))
    page = NewSource(replace(feed, kind="page", address="https://harbour.example/"), 1, feeds=(FEED.address,))
    yield made("A page is added that offers a feed, and nobody does any more", sources.added, page, at(23), at(24))
    yield made("A source is added, in German", sources.added, new, at(23), at(24), GERMAN)
    yield made("A source that is there already", sources.added, replace(new, is_new=False), at(24), at(24))
    refusal = Rejection("https://bank.example/feed", "is beyond the 10 sources that may be here")
    yield made("A source that is not added", sources.added, refusal, at(24), at(24))
    failing = replace(FEED, address="https://river.example/sitemap.xml", kind="sitemap", error="is not there (404)")
    paused = replace(FEED, address="https://sun.example/dock", kind="page", paused=True, waiting=0)
    none, down = Ills(Refusals(0, ())), Ills(Refusals(0, ()), held_back=40)
    lost = Ills(Refusals(3, (Refusal("https://harbour.example/shop", "is a page that lists other articles", at(23)),)))
    all_three = Followed(((FEED, lost), (failing, down), (paused, none)), at(24, 8))
    yield made("Sources of a server", sources.listed, all_three, 10, at(24, 8))
    yield made("Sources of a server, in German, and nobody looks", sources.listed, all_three, 10, at(25), GERMAN)
    yield made("No sources of a server", sources.listed, Followed((), None), 10, at(24))
    for change in sources.CHANGED:
        yield made(f"After /archive source {change}", sources.changed, change, FEED)
    yield made("After a command about a source that is none", sources.changed, "pause", None)


def of_servers() -> Iterator[Snapshot]:
    yield made("Welcome", welcome.steps)
    yield made("Help", helping.explained)
    yield made("Settings, nothing decided", panel.embed, GuildSettings(), view=choosing(GuildSettings(), None))
    yield made("Settings, all decided", panel.embed, SETTLED, view=choosing(SETTLED, panel.setting_of(panel.KEEP_DAYS)))
    person = discord.User.__new__(discord.User)
    person.id = 5
    changed = panel.changed(panel.SETTINGS[1], SETTLED, ())
    yield made("In the admins' channel", audit._notice, changed, person)
    kept = [Kept("question", "7/x/1", "{}"), Kept("question", "7/x/2", "{}"), Kept("follow", "7/x/3", "{}")]
    yield made("What is kept about a person", privacy.overview, kept, 30, in_server=True)
    yield made("Nothing is kept about a person", privacy.overview, (), 0, in_server=True)
    yield made("What is kept, in a direct message", privacy.overview, kept, 0, in_server=False)


def choosing(settings: GuildSettings, setting: panel.Setting | None) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(Control(panel.menu(setting), panel.MENU))
    if setting:
        view.add_item(Control(panel.control(setting, settings, ()), setting.field))
        view.add_item(Control(panel.download(), panel.QUESTIONS))
    return view


def of_notices() -> Iterator[Snapshot]:
    channel = discord.TextChannel.__new__(discord.TextChannel)
    channel.id = 71
    yield made("Asked in the wrong channel", turnstile._pointer, [channel], ENGLISH)
    yield made("Asked in the wrong channel, none may be named", turnstile._pointer, (), ENGLISH)
    yield made("Waiting in line", render.waiting, 3)
    yield made("Next in line", render.waiting, 1)
    failures = (Busy(12), TooLate(), AlreadyReindexing(), Writing(), ArchiveUnusable("the disk is full"), OSError())
    for error in failures:
        said = re.sub(r"\b[0-9a-f]{8}\b", "0a1b2c3d", explain(error))
        yield made(f"Failure: {type(error).__name__}", render.notice, said)


async def written() -> str:
    """The file as it should be."""
    blocks = ["# What the bot shows. Written by `python -m tests.bot.test_snapshots`; do not edit."]
    return "\n\n\n".join([*blocks, *map(block, await snapshots())]) + "\n"


def block(one: Snapshot) -> str:
    shown = [f"=== {one.headline} ({name_of(one.made_by)})", *("\n".join(lines(embed)) for embed in one.embeds)]
    return "\n\n".join([*shown, "\n".join(map(control, one.view.children))] if one.view else shown)


def lines(embed: discord.Embed) -> Iterator[str]:
    colour = f"#{embed.colour.value:06x}" if embed.colour else "none"
    parts = [("colour", colour), ("author", embed.author.name), ("title", embed.title), ("text", embed.description)]
    parts += [(f"field {one.name}", one.value) for one in embed.fields]
    for name, text in [*parts, ("footer", embed.footer.text)]:
        if text is not None:
            yield f"{name}: " + text.replace("\n", "\n    ").replace("    \n", "\n")


def control(item: discord.ui.Item[Any]) -> str:
    """A button, or a menu with what can be chosen."""
    inner = item.item if isinstance(item, discord.ui.DynamicItem) else item
    if isinstance(inner, discord.ui.Button):
        return f"button: {inner.label}{' (disabled)' if inner.disabled else ''}"
    assert isinstance(inner, discord.ui.Select)
    listed = [f"\n    {'*' if one.default else '-'} {said(one)}" for one in inner.options]
    return f"menu: {inner.placeholder or ''}".rstrip() + "".join(listed)


def said(option: discord.SelectOption) -> str:
    return f"{option.label} ({option.description})" if option.description else option.label


def name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def makers() -> Iterator[str]:
    """The functions of bot/ that return embeds, or make one."""
    for file in sorted(BOT.rglob("*.py")):
        module = ".".join(file.relative_to(BOT.parent).with_suffix("").parts)
        yield from makers_in(ast.parse(file.read_text("utf-8")), module)


def makers_in(tree: ast.AST, within: str) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = (ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call))
            if "Embed" in ast.unparse(node.returns or ast.Constant("")) or any(
                call.split(".")[-1] == "Embed" for call in calls
            ):
                yield f"{within}.{node.name}"
        elif isinstance(node, ast.ClassDef):
            yield from makers_in(node, f"{within}.{node.name}")


async def test_every_embed_reads_as_it_is_stored() -> None:
    stored, now = FILE.read_text("utf-8").splitlines(), (await written()).splitlines()
    changes = "\n".join(difflib.unified_diff(stored, now, "embeds.txt", "now", lineterm=""))
    assert not changes, f"run `python -m tests.bot.test_snapshots` and look at the diff:\n{changes}"


async def test_every_function_that_makes_embeds_has_a_snapshot() -> None:
    there, shown = set(makers()), {name_of(one.made_by) for one in await snapshots()}
    missing = there - shown - NO_MESSAGE.keys()
    assert not missing, f"give each a snapshot, or say in NO_MESSAGE why it makes no message: {sorted(missing)}"
    assert shown | NO_MESSAGE.keys() == there
    assert not shown & NO_MESSAGE.keys()


if __name__ == "__main__":
    logging.disable()  # the failures among them are made up
    FILE.write_text(asyncio.run(written()), "utf-8")
