"""Tells people and channels of new articles on what they follow."""

import logging
from functools import partial
from itertools import groupby

import discord
from discord.ext import commands, tasks

from bot.alerts.follows import A_DAY, NOWHERE, Follow, Follows
from bot.alerts.watch import Told, Watch
from bot.answers import quotes
from bot.cogs.following import UnfollowButton
from bot.errors import EXPECTED, REFUSALS, explain
from bot.guilds import Guilds
from bot.language import Language, language, phrase
from bot.messages.delivery import refusal
from index import Answer

log = logging.getLogger(__name__)

LAST = phrase("That was the last alert on it for today: /latest shows what else came in.")
EVERY_S = 60.0  # between two looks: without news, one short reading of the archive for each server that follows


class Alerts(commands.Cog):
    """Looks now and then, so that articles are noticed whichever process has added them."""

    def __init__(self, bot: commands.AutoShardedBot, follows: Follows, watch: Watch, guilds: Guilds) -> None:
        self._bot = bot
        self._follows = follows
        self._watch = watch
        self._guilds = guilds

    async def cog_load(self) -> None:
        """Begin to look."""
        self.look.start()

    async def cog_unload(self) -> None:
        """Look no more."""
        self.look.cancel()

    @tasks.loop(seconds=EVERY_S)
    async def look(self) -> None:
        """Look once, for the servers that this process serves. A failure ends this look and not the next."""
        topics: list[str] = []
        try:
            every = await self._follows.every()
            topics = [one.topic for one in every]
            for guild_id, follows in groupby(sorted(every, key=_guild_id), key=_guild_id):
                if self._serves(guild_id):
                    await self._watch.look(guild_id, list(follows), self._tell)
        except EXPECTED as error:
            log.info("looking for alerts is put off: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the loop would end for good
            explain(error, private=topics)

    @look.before_loop
    async def _ready(self) -> None:
        await self._bot.wait_until_ready()

    def _serves(self, guild_id: int) -> bool:
        """Each server is seen by one process; direct messages belong to the one with the first shard."""
        if guild_id != NOWHERE:
            return self._bot.get_guild(guild_id) is not None
        return 0 in self._bot.shards

    async def _tell(self, follow: Follow, found: Answer) -> Told:
        try:
            to = await self._receiver(follow)
        except REFUSALS as error:
            return _outcome(error)
        if to is None:
            return Told.GONE
        first, *rest = quotes.messages(quotes.alert(found, follow.topic, self._why(follow), self._say(follow)))
        if refused := await refusal(partial(to.send, embeds=first, view=self._button(follow))):
            return _outcome(refused)
        for embeds in rest:
            if lost := await refusal(partial(to.send, embeds=embeds)):
                explain(lost)  # it is logged; the alert itself has arrived
        return Told.SENT

    async def _receiver(self, follow: Follow) -> discord.abc.Messageable | None:
        """The channel, or the person while they are a member of the server whose articles they hear of."""
        guild = self._bot.get_guild(follow.guild_id)
        if follow.channel_id is not None:
            return self._bot.get_partial_messageable(follow.channel_id, guild_id=follow.guild_id)
        if follow.user_id is None or (guild is None and follow.guild_id != NOWHERE):
            return None
        return await (guild.fetch_member(follow.user_id) if guild else self._bot.fetch_user(follow.user_id))

    def _why(self, follow: Follow) -> str:
        say, guild = self._say(follow), self._bot.get_guild(follow.guild_id)
        server = guild.name if guild and follow.user_id is not None else None
        why = (
            say("You follow this topic in {server}.", server=server) if server else say("This topic is followed here.")
        )
        return f"{why} {say(LAST)}" if follow.sent >= A_DAY else why

    def _say(self, follow: Follow) -> Language:
        guild = self._bot.get_guild(follow.guild_id)
        if follow.user_id is not None or guild is None:
            return language(follow.language)
        return language(self._guilds.of(guild.id).language or guild.preferred_locale.value)

    def _button(self, follow: Follow) -> discord.ui.View:
        view = discord.ui.View(timeout=None)
        view.add_item(UnfollowButton(follow.guild_id, follow.id, self._say(follow)("Unfollow")))
        return view


def _outcome(error: Exception) -> Told:
    """What it means for the follow that Discord has refused."""
    if isinstance(error, discord.NotFound):
        return Told.GONE
    if isinstance(error, discord.Forbidden):
        return Told.REFUSED
    explain(error)
    return Told.FAILED


def _guild_id(follow: Follow) -> int:
    return follow.guild_id
