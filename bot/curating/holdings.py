"""What admins see of the archive, as embeds. Pure: values in, embeds out; text from outside passes through `escape`."""

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.archive import UNTAKEN
from bot.curating.jobs import Job
from bot.curating.reasons import reason
from bot.curating.reports import CANCELLED, DONE, FAILED, Report
from bot.escape import clip, escape_within, host_of, link, one_line, safe_url, units
from bot.language import ENGLISH, Language, phrase
from bot.render import (
    ANSWERED,
    BAR_CELLS,
    DECLINED,
    DESCRIPTION_LIMIT,
    FOUND,
    NAME_LIMIT,
    NOTICED,
    REASON_LIMIT,
    URL_LIMIT,
)
from index import Progress, Rejection, Status, StoredArticle

A_PAGE = 6  # of the list of a server's own articles
REJECTIONS_SHOWN = 8
REJECTIONS_IN_LIST = 3  # of each report, where many reports are listed
TITLE_SHOWN = 120
MINUTE_S = 60
HOURS_FROM_MIN = 90  # a time left from here on is told in hours

STAGES = {
    "reading": phrase("Reading"),
    "adding": phrase("Adding"),
    "encoding": phrase("Encoding"),
    "publishing": phrase("Publishing"),
}
NOBODY = phrase("No indexer has taken this for over a minute. Whoever runs this bot can start one: `pullquote watch`.")
OUTCOMES = {
    DONE: phrase("The archive is up to date"),
    CANCELLED: phrase("Cancelled"),
    FAILED: phrase("This could not be done"),
}


def running(job: Job, say: Language = ENGLISH) -> discord.Embed:
    """How far a job has come."""
    return progress(job.order.what, job.progress, job.time_left_s, say)


def progress(what: str, now: Progress | None, left_s: float | None, say: Language = ENGLISH) -> discord.Embed:
    """How far it has come, how long it is going to take, and that nobody has to wait for it.

    `what` is as in `Report`; `now` is None for a job that waits for its turn, and `UNTAKEN` where it waits in vain.
    """
    lines = [_name(what)] if what else []
    lines.append(_bar(now, say) if now and now != UNTAKEN else say("Waiting for its turn …"))
    lines += [say(NOBODY)] if now == UNTAKEN else []
    lines += [_time_left(left_s, say)] if left_s is not None else []
    lines += ["", say("Questions are answered meanwhile.")]
    title = say("Adding to this server’s articles") if what else say("Reindexing")
    return discord.Embed(title=title, description="\n".join(lines), colour=NOTICED)


def _bar(now: Progress, say: Language) -> str:
    stage = escape_within(say(STAGES.get(now.stage, now.stage.capitalize())), NAME_LIMIT)
    if now.total == 1:
        return f"{stage} …"
    if not now.total:
        return say("{stage} · {done}", stage=stage, done=now.done)
    share = min(1.0, now.done / now.total)
    filled = round(share * BAR_CELLS)
    counted = say("{stage} · {done} of {total}", stage=stage, done=now.done, total=now.total)
    return f"{counted}\n{'▰' * filled}{'▱' * (BAR_CELLS - filled)} {say.share(share)}"


def _time_left(seconds: float, say: Language) -> str:
    minutes = round(seconds / MINUTE_S)
    if minutes < 1:
        return say("Less than a minute left")
    if minutes < HOURS_FROM_MIN:
        return say.many(minutes, "About {n} minute left", "About {n} minutes left")
    return say.many(round(minutes / MINUTE_S), "About {n} hour left", "About {n} hours left")


def report(ended: Report, words: int | None = None, say: Language = ENGLISH) -> discord.Embed:
    """What became of what was given, and the reason for each part that was not taken."""
    lines = [_name(ended.what)] if ended.what else []
    if ended.outcome == CANCELLED:
        lines.append(say("It was ended before it was done. What had been stored by then stays."))
    else:
        lines.append(_counts(ended, say))
    lines += [say.many(words, "{n} word read.", "{n} words read.")] if words is not None else []
    if ended.rejected:
        lines.append(say("**{n} not taken**", n=ended.rejected))
        lines += _reasons(ended.rejections[:REJECTIONS_SHOWN], ended.rejected, say)
    colour = ANSWERED if ended.outcome == DONE else DECLINED
    return discord.Embed(title=_title(ended, say), description="\n".join(lines), colour=colour)


def _title(ended: Report, say: Language) -> str:
    if ended.outcome != DONE or not ended.what:
        return say(OUTCOMES[ended.outcome])
    taken = ended.added + ended.changed + ended.unchanged
    return say("Now in this server’s archive") if taken else say("Nothing was added")


def _counts(ended: Report, say: Language) -> str:
    return say(
        "**{added}** added · **{changed}** changed · **{unchanged}** unchanged",
        added=ended.added,
        changed=ended.changed,
        unchanged=ended.unchanged,
    )


def noted(ended: Report, say: Language = ENGLISH) -> str:
    """What became of it, in one line."""
    counts = say(
        "{added} added, {changed} changed, {rejected} not taken",
        added=ended.added,
        changed=ended.changed,
        rejected=ended.rejected,
    )
    return f"{ended.what or say('Reindexing')}: {counts if ended.outcome == DONE else say(OUTCOMES[ended.outcome])}"


def _reasons(rejections: Sequence[Rejection], of: int, say: Language) -> list[str]:
    lines = [
        f"{_name(one.source)}: {escape_within(one_line(reason(one.reason, say)), REASON_LIMIT)}" for one in rejections
    ]
    return lines + ([say.many(of - len(lines), "… and {n} more.", "… and {n} more.")] if of > len(lines) else [])


def reports(found: Sequence[Report], say: Language = ENGLISH) -> discord.Embed:
    """What was given lately, the newest first, with reasons for what was not taken; as many as fit."""
    blocks: list[str] = []
    for one in found:
        block = "\n".join(_entry(one, say))
        if units("\n\n".join([*blocks, block])) > DESCRIPTION_LIMIT:
            break
        blocks.append(block)
    text = "\n\n".join(blocks) or say("Nothing has been added here yet. `/archive add` takes a link or a file.")
    return discord.Embed(title=say("Last additions in this server"), description=text, colour=FOUND)


def _entry(one: Report, say: Language) -> list[str]:
    when = discord.utils.format_dt(one.at, "R")
    what = _name(one.what) if one.what else say("Reindexing")
    lines = [f"**{what}** · {when}"]
    lines.append(_counts(one, say) if one.outcome == DONE else say(OUTCOMES[one.outcome]))
    shown = one.rejections[:REJECTIONS_IN_LIST]
    return lines + [f"> {line}" for line in _reasons(shown, one.rejected, say)]


def status(public: Status | None, own: Status, size: int | None, say: Language = ENGLISH) -> discord.Embed:
    """What can be read from here. `public` is None where the server does not read it, `size` where it is not shown."""
    lines = [say("**The public archive**"), *_holding(public, say), ""] if public else []
    lines += [say("**Only in this server**"), *_holding(own, say), ""]
    lines.append(say("Model: {model}", model=_name(own.model or "?")))
    lines += [say("On disk: {n} MB", n=round(size / 1e6))] if size is not None else []
    return discord.Embed(title=say("The archive"), description="\n".join(lines), colour=FOUND)


def _holding(held: Status, say: Language) -> list[str]:
    lines = [say.many(held.articles, "{n} article", "{n} articles")]
    lines += [say("Newest from {day}", day=_moment(held.newest, "D"))] if held.newest else []
    return lines + ([say("Last added {when}", when=_moment(held.last_added_at, "R"))] if held.last_added_at else [])


def own_list(found: Sequence[StoredArticle], page: int, pages: int, say: Language = ENGLISH) -> discord.Embed:
    """One page of the server's own articles, the last added first. `page` counts from 0."""
    rows = [f"**{rank}.** {described(one)}" for rank, one in enumerate(found, start=page * A_PAGE + 1)]
    text = "\n".join(rows) or say("This server has no articles of its own. `/archive add` takes a link or a file.")
    embed = discord.Embed(title=say("Only in this server"), description=text, colour=FOUND)
    return embed.set_footer(text=say("Page {page} of {pages}", page=page + 1, pages=pages))


def removal(stored: StoredArticle, say: Language = ENGLISH) -> discord.Embed:
    """The question before an article is removed."""
    warning = say("It will not be found or quoted any more. This cannot be undone.")
    text = f"{described(stored)}\n\n{warning}"
    return discord.Embed(title=say("Remove this article?"), description=text, colour=NOTICED)


def described(stored: StoredArticle) -> str:
    """Title as a link where it is one, the host it leads to, and when the article came in."""
    article = stored.article
    host, title = host_of(article.url), one_line(article.title)
    added = discord.utils.format_dt(stored.added_at, "R")
    if host is None or units(safe_url(article.url) or "") > URL_LIMIT:
        return f"{escape_within(title, TITLE_SHOWN) or '?'} · {added}"
    return f"{link(title or host, article.url, TITLE_SHOWN)} ({clip(host, NAME_LIMIT)}) · {added}"


def _moment(when: datetime, style: discord.utils.TimestampStyle) -> str:
    return discord.utils.format_dt(when, style)


def _name(words: str) -> str:
    return escape_within(one_line(words), NAME_LIMIT) or "?"
