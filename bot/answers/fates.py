"""What has become of an article since it was quoted: corrected, changed, withdrawn or removed. Pure."""

from datetime import datetime

import discord

from bot.escape import escape_within, one_line
from bot.language import Language, phrase
from index import Correction, Gone, Quote, StoredArticle

NOTICE_LIMIT = 400  # characters shown of a correction notice; nearly all are shorter
REASON_LIMIT = 200  # of what is told about a withdrawal

WITHDRAWN = phrase("The article was withdrawn on {day}.")
REMOVED = phrase("The article was removed on {day}.")
CHANGED = phrase("The article was changed on {day}: this is how it was quoted.")


def gone(one: Gone, say: Language) -> str:
    """When it was withdrawn or removed, and the reason that people are to be told."""
    sentence = say(WITHDRAWN if one.how == "withdrawn" else REMOVED, day=_day(one.at))
    reason = escape_within(one_line(one.reason), REASON_LIMIT) if one.how == "withdrawn" else ""
    return f"{sentence} {say('Reason: {reason}', reason=reason)}" if reason else sentence


def changed(stored: StoredArticle, say: Language) -> str:
    """When the next version took the place of this one; '' where it is the current one."""
    return say(CHANGED, day=_day(stored.replaced_at)) if stored.replaced_at else ""


def corrected(quote: Quote, say: Language) -> str:
    """The correction notice of the article, unless the quote says it itself; '' where there is none."""
    correction = quote.correction
    if correction is None or correction.text in quote.text:
        return ""
    return f"**{_dated(correction, say)}** {escape_within(one_line(correction.text), NOTICE_LIMIT)}"


def _dated(correction: Correction, say: Language) -> str:
    if correction.noted_at is None:
        return say("The article was corrected:")
    return say("The article was corrected on {day}:", day=_day(correction.noted_at))


def _day(when: datetime) -> str:
    return discord.utils.format_dt(when, "D")
