"""What went wrong, as a sentence for the person it happened to. A failure also gets an id, which stands in the log."""

import logging
import secrets
import traceback
from collections.abc import Iterable

import discord
from discord import app_commands

from bot import render
from bot.archive import AlreadyReindexing, Busy, TooLate, Writing
from index import ArchiveUnusable, BadQuestion, ModelUnusable

log = logging.getLogger(__name__)

EXPECTED = (BadQuestion, Busy, TooLate, AlreadyReindexing, Writing)  # outcomes, told and not logged as failures

_SENTENCES: tuple[tuple[type[BaseException], str], ...] = (
    (Busy, "I have more questions than I can take right now. Please ask again in a moment."),
    (TooLate, "That took longer than I may take. Please ask again in a moment, or more narrowly."),
    (AlreadyReindexing, "A reindexing is running already. I will take the next one when it has ended."),
    (Writing, "More is waiting for the archive than I can take right now. Please try again in a few minutes."),
    (app_commands.NoPrivateMessage, "That works in a server only."),
    (app_commands.CheckFailure, "That is for members who may manage the server."),
    (app_commands.CommandSignatureMismatch, "This command has just changed. Please try again in a minute."),
    (app_commands.CommandNotFound, "This command has just changed. Please try again in a minute."),
)


class BadOption(app_commands.AppCommandError):
    """An option of a command cannot be used; the message is fit for the person who gave it."""


class Unanswered(Exception):
    """A failure while a question was answered. `private` are the words of people that its cause may hold."""

    def __init__(self, *private: str) -> None:
        super().__init__("a question could not be answered")
        self.private = private


def explain(error: BaseException, *, private: Iterable[str] = (), for_admin: bool = False) -> str:
    """The sentence for people. A failure is logged under the id in the sentence, without the `private` texts."""
    error = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(error, Unanswered):
        private, error = [*error.private, *private], error.__cause__ or error
    if isinstance(error, BadQuestion | BadOption):
        return str(error)
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return sentence
    number = secrets.token_hex(4)
    log.error("failure %s\n%s", number, _without(private, "".join(traceback.format_exception(error))))
    if isinstance(error, ArchiveUnusable | ModelUnusable):
        what = str(error) if for_admin else "The archive cannot be used right now."
    else:
        what = "Something went wrong on my side."
    return f"{what} If it keeps happening, tell whoever runs this bot the id {number}."


def _without(private: Iterable[str], text: str) -> str:
    """The text with what people wrote taken out: questions are not logged, not even by an error's message."""
    for words in private:
        text = text.replace(words, "<what was asked>") if words else text
    return text


async def tell(interaction: discord.Interaction, error: BaseException, *, for_admin: bool = False) -> None:
    """Answer the interaction with the sentence, whether or not it has been acknowledged yet."""
    embed = render.notice(explain(error, private=_given(interaction), for_admin=for_admin))
    if interaction.response.is_done():
        await interaction.followup.send(embed=embed, ephemeral=True)
    else:
        await interaction.response.send_message(embed=embed, ephemeral=True)


def _given(interaction: discord.Interaction) -> list[str]:
    return [value for _, value in interaction.namespace if isinstance(value, str)]


class Tree(app_commands.CommandTree):
    """The bot's commands, and the one place where their failures end."""

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """Tell the person."""
        if interaction.type is not discord.InteractionType.autocomplete:
            await tell(interaction, error)
