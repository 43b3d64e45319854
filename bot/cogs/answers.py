"""The buttons under an answer: Context, More quotes, Share, Helpful and Not helpful."""

import json
from datetime import UTC, datetime

import discord

from bot import render
from bot.answers import buttons, quotes, reply
from bot.answers.carried import references_in, search_in
from bot.answers.reply import Reply
from bot.archive import Archive
from bot.archive.references import Reference, reference_of, unpack
from bot.asking.asked import Asked
from bot.asking.conversations import Place
from bot.asking.turnstile import Turnstile
from bot.cogs.ask import Ask
from bot.escape import escape_within, one_line
from bot.language import phrase
from bot.messages.delivery import acknowledge
from bot.servers.keeping import FEEDBACK, Keeping
from index import Answer

MOST_QUOTES = 10  # when more are asked for
NAME_LIMIT = 80  # of a person, as it is shown
FEEDBACK_DAYS = 365.0

UNREADABLE = phrase("This answer cannot be read back. Please ask again with `/ask`.")
CHANGED = phrase("An article of this answer has been changed or removed since. Please ask again.")
NO_MORE = phrase("There are no more quotes that answer this.")
NOT_HERE = phrase("You may not write in this channel, so I do not share it here for you.")
THANKS = phrase("Thank you! That is noted, without your name.")


class Answers(buttons.Clickable):
    """Looks at everything again at the click: what may be read here, and what is still in the archive."""

    def __init__(self, archive: Archive, ask: Ask, keeping: Keeping, turnstile: Turnstile) -> None:
        self._archive = archive
        self._ask = ask
        self._keeping = keeping
        self._turnstile = turnstile
        self.deeds = {
            "context": self.context,
            "more": self.more,
            "share": self.share,
            "helpful": self.vote_helpful,
            "unhelpful": self.vote_unhelpful,
        }

    async def context(self, interaction: discord.Interaction, packed: str) -> None:
        """The sentences around each quote, for who clicked."""
        if not await acknowledge(interaction, thinking=True, ephemeral=True):
            return
        readable, say = self._ask.readable(interaction.guild_id), self._ask.language_of(interaction)
        found = [await self._archive.around(one, readable) for one in unpack(packed)]
        shown = Reply(quotes.contexts(found, say)) if found else Reply.saying(say(UNREADABLE))
        await reply.show(interaction, shown, private=True)

    async def more(self, interaction: discord.Interaction, scope: str) -> None:
        """Ask again for more quotes, for who clicked. That is a question as any other."""
        if await self._turnstile.turns_away(interaction):
            return
        if not await acknowledge(interaction, thinking=True, ephemeral=True):
            return
        await reply.show(interaction, await self._more(interaction, scope), private=True)

    async def _more(self, interaction: discord.Interaction, scope: str) -> Reply:
        say, message = self._ask.language_of(interaction), interaction.message
        search = search_in(message.embeds[0], scope) if message and message.embeds else None
        if message is None or search is None:
            return Reply.saying(say(UNREADABLE))
        place = Place(interaction.guild_id, interaction.channel_id, interaction.user.id)
        asked = Asked(search=search, day=message.created_at.date(), place=place, say=say, history=())
        found = await self._ask.find(asked, most=MOST_QUOTES)
        shown = references_in(message, buttons.QUOTES)
        others = (
            [quote for quote in found.quotes if reference_of(quote) not in shown] if isinstance(found, Answer) else []
        )
        return Reply(quotes.more(others, len(shown) + 1, say)) if others else Reply.saying(say(NO_MORE))

    async def share(self, interaction: discord.Interaction, _: str) -> None:
        """Show a private answer to everybody in the channel, and say who asked."""
        if not await acknowledge(interaction):
            return
        say, message = self._ask.language_of(interaction), interaction.message
        references = references_in(message, buttons.QUOTES) if message else ()
        if message is None or not references:
            await _tell(interaction, say(UNREADABLE))
        elif not _may_write(interaction):
            await _tell(interaction, say(NOT_HERE))
        elif not await self._stands(references, self._ask.readable(interaction.guild_id)):
            await _tell(interaction, say(CHANGED))
        else:
            view = buttons.without(message, "share")
            asker = f"**{escape_within(one_line(interaction.user.display_name), NAME_LIMIT)}**"
            content = say("{person} asked, and shares the answer:", person=asker)
            await interaction.edit_original_response(embeds=message.embeds, view=view)
            await reply.post(interaction, content, Reply(tuple(message.embeds), view))

    async def _stands(self, references: tuple[Reference, ...], readable: tuple[str, ...]) -> bool:
        found = [await self._archive.show(one.article_id, readable) for one in references]
        return all(one and one.version == reference.version for one, reference in zip(found, references, strict=True))

    async def vote_helpful(self, interaction: discord.Interaction, _: str) -> None:
        """Note that the answer helped."""
        await self._vote(interaction, helpful=True)

    async def vote_unhelpful(self, interaction: discord.Interaction, _: str) -> None:
        """Note that it did not."""
        await self._vote(interaction, helpful=False)

    async def _vote(self, interaction: discord.Interaction, *, helpful: bool) -> None:
        """Keep one vote of a person about an answer, the last. Neither the question nor a name is kept with it."""
        if not await acknowledge(interaction, thinking=True, ephemeral=True):
            return
        say, message = self._ask.language_of(interaction), interaction.message
        if message is not None:
            key = f"{interaction.guild_id or 0}/{self._keeping.pseudonym(interaction.user.id)}/{message.id}"
            quoted = [list(one) for one in references_in(message, buttons.QUOTES)]
            at = datetime.now(UTC).isoformat(timespec="seconds")
            vote = json.dumps({"helpful": helpful, "at": at, "quotes": quoted})
            await self._archive.notes.keep(FEEDBACK, key, vote, days=FEEDBACK_DAYS)
        await reply.show(interaction, Reply.saying(say(THANKS)), private=True)


def _may_write(interaction: discord.Interaction) -> bool:
    """Whether the person may: nobody speaks through the bot where they may not."""
    may, thread = interaction.permissions, isinstance(interaction.channel, discord.Thread)
    return may.send_messages_in_threads if thread else may.send_messages or interaction.guild_id is None


async def _tell(interaction: discord.Interaction, sentence: str) -> None:
    await interaction.followup.send(embed=render.notice(sentence), ephemeral=True)
