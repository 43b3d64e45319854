"""A report about quotes, as the admins read it: what was shown, where it stands, and whether it still stands there."""

from typing import NamedTuple

import discord

from bot.answers import fates
from bot.archive.references import Reference
from bot.escape import ELLIPSIS, clip, escape_within, one_line, sentence_url
from bot.language import ENGLISH, Language, phrase
from bot.render import AUTHOR_LIMIT, NOTICED, citation
from index import Context, Gone

SHOWN_LIMIT = 2_000  # of a quote; several have to fit into a message
WORD_LIMIT = 1_100  # of what somebody says about it: 500 characters, each perhaps with a backslash

EQUAL = phrase("The archive still holds exactly these words there.")
DIFFERENT = phrase("The archive holds other words there.")
CHANGED = phrase("That version, which was replaced on {day}, still holds exactly these words there.")
REMOVED = phrase("The article is not in the archive any more, or not for this server.")


class Checked(NamedTuple):
    """One quote. `shown` is what people see of it, `found` what it resolves to, each None where it is not there."""

    number: int
    reference: Reference
    shown: str | None
    found: Context | Gone | None

    def verdict(self, say: Language = ENGLISH) -> str:
        """Whether it still stands where it was quoted from."""
        if self.found is None:
            return say(REMOVED)
        if isinstance(self.found, Gone):
            return fates.gone(self.found, say)
        if not _same(self.shown, one_line(self.found.quote.text)):
            return say(DIFFERENT)
        replaced_at = self.found.quote.stored.replaced_at
        return say(CHANGED, day=discord.utils.format_dt(replaced_at, "D")) if replaced_at else say(EQUAL)


class Complaint(NamedTuple):
    """A report. `where`: the address of the answer, unless only one person sees it."""

    question: str
    word: str
    checked: tuple[Checked, ...]
    where: str | None


def told(complaint: Complaint, say: Language = ENGLISH) -> tuple[discord.Embed, ...]:
    """One embed about the report and one for each quote."""
    said = [escape_within(one_line(complaint.word), WORD_LIMIT) or say("Nothing was said about what is wrong.")]
    said += [complaint.where] if complaint.where else []
    head = discord.Embed(title=say("Reported as wrong"), description="\n\n".join(said), colour=NOTICED)
    head.set_author(name=clip(one_line(complaint.question), AUTHOR_LIMIT) or "?")
    return head, *(_quote(one, say) for one in complaint.checked)


def _quote(one: Checked, say: Language) -> discord.Embed:
    reference = one.reference
    shown = escape_within(one.shown or say("(not readable in the answer)"), SHOWN_LIMIT)
    place = say("version {version}, characters {start} to {end}", version=str(reference.version),
                start=str(reference.start), end=str(reference.end))  # fmt: skip
    said = [f"> {shown}", f"[{one.number}] `{reference.article_id}`, {place}"]
    if isinstance(one.found, Context):
        quote = one.found.quote
        said[1] += f"\nsha256 `{quote.sha256}`"
        said.append(citation(quote.stored.article, sentence_url(quote.stored.article.url, quote.text), say))
        said += filter(None, [fates.corrected(quote, say)])
    return discord.Embed(description="\n\n".join([*said, f"**{one.verdict(say)}**"]), colour=NOTICED)


def _same(shown: str | None, stored: str) -> bool:
    """Whether people see what is stored; of a quote that was cut, its beginning."""
    if shown is None:
        return False
    return shown == stored or (shown.endswith(ELLIPSIS) and stored.startswith(shown.removesuffix(ELLIPSIS)))
