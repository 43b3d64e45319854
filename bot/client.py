"""The bot as Discord sees it: its intents, its commands, and where failures of its listeners end."""

import sys
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import render
from bot.alerts.follows import Follows
from bot.alerts.watch import Watch
from bot.answers.buttons import AnswerButton
from bot.archive import Archive
from bot.asking.pending import Pending, Question
from bot.asking.turnstile import Turnstile
from bot.cogs.alert import Alerts
from bot.cogs.answers import Answers
from bot.cogs.archive import Curator
from bot.cogs.ask import Ask
from bot.cogs.follow import Follow
from bot.cogs.following import Following, UnfollowButton
from bot.cogs.help import Help
from bot.cogs.latest import Latest
from bot.cogs.leaving import Leaving
from bot.cogs.menus import Menus
from bot.cogs.privacy import DeleteButton, Privacy
from bot.cogs.reports import Reports
from bot.cogs.search import Find
from bot.cogs.server import Control, Server
from bot.cogs.takeover import Takeover
from bot.curating.buttons import BUTTONS
from bot.errors import Tree, explain
from bot.guilds import Guilds, GuildSettings
from bot.language import Translator, language_in
from bot.lists.turning import PageButton
from bot.measures import Measures
from bot.messages.delivery import refusal
from bot.servers.departures import Departures
from bot.servers.keeping import Keeping
from bot.underway import Underway

# Messages that mention the bot and direct ones carry their content without the privileged Message Content intent.
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class Pullquote(commands.AutoShardedBot):
    """A client that is given what it needs and writes down nothing of what people say.

    It opens as many shards as Discord advises, or one of them, where several processes share them. Nothing in it counts
    on one client seeing every server.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        sources: Sequence[Path] = (),
        home_guilds: Collection[int] = (),
        measures: Measures | None = None,
        guilds: Guilds | None = None,
        shard: tuple[int, int] | None = None,
    ) -> None:
        """`shard` is the only one that this client serves, and of how many. `guilds` may be those of other clients."""
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            max_messages=None,
            tree_cls=Tree,
        )
        if shard:
            self.shard_ids, self.shard_count = [shard[0]], shard[1]
        self._archive = archive
        self._measures = measures or Measures()
        self.underway = Underway()
        self._guilds = guilds or Guilds(archive.notes)
        self._curator = Curator(self, archive, self._guilds, sources=sources, home_guilds=home_guilds)
        self._keeping = Keeping(archive.notes, self._guilds)
        self._turnstile = Turnstile(self._guilds)
        self._pending: Pending | None = None  # there is none where no other process could answer

    async def setup_hook(self) -> None:
        """Add the commands and tell Discord about them.

        They are sent at each start, in one request that replaces the whole list: Discord counts only commands that are
        new against its daily limit, and a remembered hash could disagree with what Discord really has. Of several
        clients it is the one with the first shard that tells.
        """
        await self._guilds.load()
        await self._keeping.load()
        await self.tree.set_translator(Translator())
        for cog in (
            *self._answering(),
            *self._alerting(),
            self._curator,
            Server(self._guilds, self._keeping),
            Leaving(self, Departures(self._archive, self._guilds, self._keeping)),
            Privacy(self._archive.notes, self._guilds, self._keeping),
            Help(self._guilds),
        ):
            await self.add_cog(cog)
        self.add_dynamic_items(PageButton, UnfollowButton)
        self.add_dynamic_items(AnswerButton, Control, DeleteButton, *BUTTONS)
        if self.shard_ids is None or 0 in self.shard_ids:
            await self.tree.sync()

    def _answering(self) -> tuple[commands.Cog, ...]:
        """The cogs around a question, each needs the one that answers; those that list; and who takes over."""
        archive, guilds, keeping, turnstile = self._archive, self._guilds, self._keeping, self._turnstile
        ask = Ask(self, archive, guilds, keeping, turnstile, measures=self._measures)
        self._pending = ask.pending
        find = Find(self, archive, guilds, turnstile, pending=self._pending)
        late = {"ask": ask.answer_late, "search": find.answer_late}
        takeover = [Takeover(self, self._pending, late)] if self._pending else []
        answers = Answers(archive, ask, keeping, turnstile)
        latest = Latest(archive, guilds, turnstile)
        return (
            ask,
            answers,
            Follow(ask),
            Menus(self, archive, ask),
            Reports(archive, ask, guilds),
            find,
            latest,
            *takeover,
        )

    def _alerting(self) -> tuple[commands.Cog, ...]:
        """The cogs that tell what comes."""
        archive, guilds, turnstile = self._archive, self._guilds, self._turnstile
        follows = Follows(archive.notes, self._keeping.pseudonym)
        watch = Watch(archive, follows, guilds)
        return Following(follows, watch, guilds, turnstile), Alerts(self, follows, watch, guilds)

    async def promise(self, interaction: discord.Interaction) -> None:
        """Let another process, where there are several, tell whoever sees this one thinking, should it die.

        Raises:
            ArchiveUnusable: it could not be written down.
        """
        if self._pending is not None:
            await self._pending.promise(Question.of_other(interaction, self._guilds.language_of(interaction)))

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Let nobody hear of what comes for a shard that is another process's by now."""
        if not self.underway.closed:
            super().dispatch(event_name, *args, **kwargs)

    def settings_of(self, guild_id: int | None) -> GuildSettings:
        """What a server has decided."""
        return self._guilds.of(guild_id)

    async def on_message(self, message: discord.Message, /) -> None:
        """Nothing: the bot has no prefix commands, and the cogs listen for themselves."""

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log a listener's failure under an id, and tell the person whose message it was about."""
        del event_method, kwargs
        error = sys.exc_info()[1]
        messages = [about for about in args if isinstance(about, discord.Message)]
        guild = messages[0].guild if messages else None
        say = language_in(guild, self.settings_of(guild.id if guild else None).language)
        sentence = explain(error or RuntimeError("unknown"), say, private=[message.content for message in messages])
        for message in messages:
            if error := await refusal(partial(message.channel.send, embed=render.notice(sentence))):
                explain(error)
