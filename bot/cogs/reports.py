"""Report wrong quote: to the server's admins, with everything needed to judge it."""

import logging
import secrets

import discord

from bot.answers import buttons, complaints, reply
from bot.answers.carried import question_of, quotes_in, references_in
from bot.answers.complaints import Complaint
from bot.answers.quotes import messages
from bot.answers.reply import Reply
from bot.archive import Archive
from bot.cogs.ask import Ask
from bot.guilds import Guilds
from bot.language import language_in, phrase
from bot.messages.delivery import acknowledge
from bot.messages.forms import Form, field

log = logging.getLogger(__name__)

LONGEST = 500  # characters of what somebody says about it

TOLD = phrase("Thank you. The admins of this server have it now.")
LOGGED = phrase("Thank you. Whoever runs this bot finds your report in the log under {number}.")
UNREADABLE = phrase("This answer cannot be read back, so I cannot report it.")


class Reports(buttons.Clickable):
    """Takes reports."""

    def __init__(self, archive: Archive, ask: Ask, guilds: Guilds) -> None:
        self._archive = archive
        self._ask = ask
        self._guilds = guilds
        self.deeds = {"report": self.report}
        self.forms = {"report": self.take}

    async def report(self, interaction: discord.Interaction, _: str) -> None:
        """Ask what is wrong."""
        say = self._ask.language_of(interaction)
        note = say("The admins will see this, the question and the quotes, not your name.")
        what = field(say("What is wrong? (optional)"), longest=LONGEST, note=note)
        await interaction.response.send_modal(Form("report", say("Report wrong quote"), what))

    async def take(self, interaction: discord.Interaction, word: str) -> None:
        """Hold the quotes against the archive, and hand the report over."""
        if not await acknowledge(interaction, thinking=True, ephemeral=True):
            return
        say, message = self._ask.language_of(interaction), interaction.message
        complaint = await self._complaint(interaction, message, word) if message and message.embeds else None
        if complaint is None:
            told = say(UNREADABLE)
        elif await self._hand_over(interaction, complaint):
            told = say(TOLD)
        else:
            told = say(LOGGED, number=_log(complaint))
        await reply.show(interaction, Reply.saying(told), private=True)

    async def _complaint(
        self, interaction: discord.Interaction, message: discord.Message, word: str
    ) -> Complaint | None:
        references = references_in(message, buttons.QUOTES)
        if not references:
            return None
        readable, shown = self._ask.readable(interaction.guild_id), quotes_in(message.embeds)
        checked = [
            complaints.Checked(number, one, shown.get(number), await self._archive.around(one, readable))
            for number, one in enumerate(references, start=1)
        ]
        where = None if message.flags.ephemeral else message.jump_url
        return Complaint(question_of(message.embeds[0]) or "?", word, tuple(checked), where)

    async def _hand_over(self, interaction: discord.Interaction, complaint: Complaint) -> bool:
        """Whether the admins' channel has it. It must be one of this very server."""
        settings, guild = self._guilds.of(interaction.guild_id), interaction.guild
        channel = guild.get_channel_or_thread(settings.admins_channel or 0) if guild else None
        if guild is None or not isinstance(channel, discord.abc.Messageable):
            return False
        say = language_in(guild, settings.language)
        try:
            for embeds in messages(complaints.told(complaint, say)):
                await channel.send(embeds=embeds)
        except discord.HTTPException as error:
            log.warning("a report did not reach the admins' channel: status %s, code %s", error.status, error.code)
            return False
        return True


def _log(complaint: Complaint) -> str:
    """Where the quotes stand and what became of them, under an id. The question and the word are not logged."""
    number = secrets.token_hex(4)
    for one in complaint.checked:
        where = ":".join(map(str, one.reference))
        log.warning("report %s: quote %s, %s", number, where, one.verdict(), extra={"incident": number})
    return number
