"""What went wrong, as a sentence for the person it happened to. A failure also gets an id, which stands in the log."""

import asyncio
import logging
import secrets
import traceback
from collections.abc import Iterable

import aiohttp
import discord
from discord import app_commands

from bot import render
from bot.archive import AlreadyReindexing, Busy, Restarting, TooLate, Writing
from bot.guilds import Deciding
from bot.language import ENGLISH, Language, language_of, phrase
from bot.underway import is_open
from index import ArchiveUnusable, BadQuestion, ModelUnusable

log = logging.getLogger(__name__)

EXPECTED = (
    BadQuestion,
    Busy,
    Restarting,
    TooLate,
    AlreadyReindexing,
    Writing,
)  # outcomes, told and not logged as failures

REFUSALS = (discord.HTTPException, aiohttp.ClientError, OSError)  # what a request to Discord can end with

# Unknown interaction, already acknowledged, unknown message, unknown webhook, expired token: nobody is there to tell.
# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
_NOBODY = {10062, 40060, 10008, 10015, 50027}

_CHANGED = phrase("This command has just changed. Please try again in a minute.")
_SENTENCES: tuple[tuple[type[BaseException], str], ...] = (
    (TooLate, phrase("That took longer than I may take. Please ask again in a moment, or more narrowly.")),
    (Restarting, phrase("I am being restarted. Please ask again in a minute.")),
    (AlreadyReindexing, phrase("A reindexing is running already. I will take the next one when it has ended.")),
    (
        Writing,
        phrase("More is waiting for the archive than I can take right now. Please try again in a few minutes."),
    ),
    (app_commands.NoPrivateMessage, phrase("That works in a server only.")),
    (app_commands.CheckFailure, phrase("That is for members who may manage the server.")),
    (app_commands.CommandSignatureMismatch, _CHANGED),
    (app_commands.CommandNotFound, _CHANGED),
)


class BadOption(app_commands.AppCommandError):
    """An option of a command cannot be used; the message is fit for the person who gave it, and counts as marked."""


class Unanswered(Exception):
    """A failure while a question was answered. `private` are the words of people that its cause may hold."""

    def __init__(self, *private: str) -> None:
        super().__init__("a question could not be answered")
        self.private = private
        self.number = ""  # the question's own id, where it has one: people are shown that


BUSY = phrase("I am busy: more people ask than I can answer right now. Please try again in about {n} s.")
NOT_TAKEN = phrase("Discord did not take my answer. Please try again; if it keeps happening, name the id {number}.")
UNUSABLE = phrase("The archive cannot be used right now.")
WRONG = phrase("Something went wrong on my side.")
TELL = phrase("If it keeps happening, tell whoever runs this bot the id {number}.")


def explain(
    error: BaseException, say: Language = ENGLISH, *, private: Iterable[str] = (), for_admin: bool = False
) -> str:
    """The sentence for people. A failure is logged under the id in the sentence, without the `private` texts."""
    error = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    number = ""
    if isinstance(error, Unanswered):
        private, number, error = [*error.private, *private], error.number, error.__cause__ or error
    if isinstance(error, BadQuestion | BadOption):
        return say(str(error))
    if isinstance(error, Busy):
        return say(BUSY, n=error.again_in_s)
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return say(sentence)
    number = number or secrets.token_hex(4)
    if isinstance(error, discord.HTTPException):  # no fault of ours, as a rule: a line, without a traceback
        log.warning(
            "failure %s: Discord refused with status %s, code %s",
            *(number, error.status, error.code),
            extra=_facts(number, error),
        )
        return say(NOT_TAKEN, number=number)
    trace = _without(private, "".join(traceback.format_exception(error)))
    log.error("failure %s\n%s", number, trace, extra=_facts(number, error))
    if isinstance(error, ArchiveUnusable | ModelUnusable):
        what = str(error) if for_admin else say(UNUSABLE)
    else:
        what = say(WRONG)
    return f"{what} {say(TELL, number=number)}"


def _facts(number: str, error: BaseException) -> dict[str, str]:
    """For whoever reads logs by machine, and for what counts failures."""
    return {"incident": number, "kind": type(error).__name__}


def _without(private: Iterable[str], text: str) -> str:
    """The text with what people wrote taken out: questions are not logged, not even by an error's message."""
    for words in private:
        text = text.replace(words, "<what was asked>") if words else text
    return text


async def tell(interaction: discord.Interaction, error: BaseException, *, for_admin: bool = False) -> None:
    """Answer the interaction with the sentence, whether or not it has been acknowledged yet. It never fails."""
    say = _language_of(interaction)
    embed = render.notice(explain(error, say, private=_given(interaction), for_admin=for_admin))
    error = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(error, discord.HTTPException) and error.code in _NOBODY:
        return
    try:
        if interaction.response.is_done():
            await interaction.followup.send(embed=embed, ephemeral=True)
        else:
            await interaction.response.send_message(embed=embed, ephemeral=True)
    except REFUSALS as second:
        explain(second)


def _language_of(interaction: discord.Interaction) -> Language:
    client = interaction.client
    chosen = client.settings_of(interaction.guild_id).language if isinstance(client, Deciding) else None
    return language_of(interaction, chosen)


def _given(interaction: discord.Interaction) -> list[str]:
    return [value for _, value in interaction.namespace if isinstance(value, str)]


class Tree(app_commands.CommandTree):
    """The bot's commands, and the one place where their failures end."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(client)
        self._turn = asyncio.Lock()

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Let one command begin in each round of the event loop: hundreds in one would hold it up for everybody."""
        del interaction
        async with self._turn:
            await asyncio.sleep(0)
        return is_open(self.client)

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """Tell the person."""
        if interaction.type is not discord.InteractionType.autocomplete:
            await tell(interaction, error)
