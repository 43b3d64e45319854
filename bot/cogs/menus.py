"""The menu of a message: "Find sources for this" and "Ask about this"."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import quotes, reply
from bot.answers.buttons import Clickable
from bot.answers.reply import Reply
from bot.archive import Archive
from bot.cogs.ask import LONGEST, SHORTEST, Ask
from bot.errors import EXPECTED, Unanswered, explain
from bot.escape import clip, one_line
from bot.language import phrase
from bot.lists.paging import Search
from bot.messages.delivery import acknowledge
from bot.messages.forms import Form, field
from index import Filters

CLAIM_LIMIT = 600  # characters of a message that are looked for; a passage is no longer

NO_TEXT = phrase("There is no text in that message that I could look for.")


class Menus(Clickable):
    """What can be done with somebody's message. Its text comes with the click: no intent is needed to read it."""

    def __init__(self, bot: commands.AutoShardedBot, archive: Archive, ask: Ask) -> None:
        self._tree = bot.tree
        self._archive = archive
        self._ask = ask
        self.forms = {"ask": self.take}
        self._menus = (
            app_commands.ContextMenu(name="Find sources for this", callback=self.find_sources),
            app_commands.ContextMenu(name="Ask about this", callback=self.ask_about),
        )

    async def cog_load(self) -> None:
        """Add the menus: discord.py has no decorator for them in a cog."""
        for menu in self._menus:
            self._tree.add_command(menu)

    async def cog_unload(self) -> None:
        """Take them away again."""
        for menu in self._menus:
            self._tree.remove_command(menu.name, type=menu.type)

    async def find_sources(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Show who clicked what the archive has nearest to the message."""
        if not await acknowledge(interaction, thinking=True, ephemeral=True):
            return
        claim = clip(one_line(message.content), CLAIM_LIMIT)
        await reply.show(interaction, await self._sources(interaction, claim), private=True)

    async def _sources(self, interaction: discord.Interaction, claim: str) -> Reply:
        say = self._ask.language_of(interaction)
        if not claim:
            return Reply.saying(say(NO_TEXT))
        filters = Filters(self._ask.readable(interaction.guild_id))
        try:
            hits = await self._archive.search(claim, quotes.SOURCES_SHOWN, filters)
        except EXPECTED as error:
            return Reply.saying(explain(error, say))
        except Exception as error:
            raise Unanswered(claim) from error
        return Reply(quotes.sources(claim, hits, say))

    async def ask_about(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Open a form that holds the message, to be made a question."""
        say, text = self._ask.language_of(interaction), clip(one_line(message.content), LONGEST)
        what = field(say("Your question"), shortest=SHORTEST, longest=LONGEST, text=text)
        await interaction.response.send_modal(Form("ask", say("Ask about this"), what))

    async def take(self, interaction: discord.Interaction, question: str) -> None:
        """Answer the question."""
        private = self._ask.is_private(interaction)
        await self._ask.answer(interaction, Search(question), private=private, history=None)
