"""The command /help."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.guilds import Guilds
from bot.language import ENGLISH, Language, phrase
from bot.messages.delivery import answer
from bot.render import ANSWERED

HELP = (  # a line each; an empty one parts what belongs together
    phrase("I answer from an archive of news articles, with **quotes, word for word**, and I say where they stand."),
    "",
    phrase(
        "`/ask` a question, such as: who suggested postponing the summit? It takes days, a publisher, and `private`"
    ),
    phrase("`/search` words, with a span of days or a publisher if you like, best or newest first"),
    phrase("`/latest` shows what came in"),
    phrase("`/follow` a topic: I tell you, or this channel, when a new article answers it. `/unfollow`, `/follows`"),
    phrase("`/privacy` shows, exports and deletes what is kept about you"),
    phrase("`/settings` and `/archive`, with articles of this server's own, are for members who may manage the server"),
    "",
    phrase(
        "You can also mention me in a channel, reply to me with the mention on, or write to me directly. Where the "
        "archive does not answer, I say so. In the menu of a message, **Find sources for this** shows what the archive "
        "has near it."
    ),
    phrase("Under an answer: the sentences around its quotes, more quotes, and **Report wrong quote**."),
    phrase(
        'You can ask on: after an answer, "why?" or "and what did Putin say?" is enough, and I show how I understood '
        "it. **Follow up** opens a thread for it."
    ),
    phrase(
        "For that I remember your last questions for 15 minutes. A server may decide to keep questions for longer: "
        "`/privacy show` tells you."
    ),
)


class Help(commands.Cog):
    """Says what the bot does."""

    def __init__(self, guilds: Guilds) -> None:
        self._guilds = guilds

    @app_commands.command(description="What this bot does and how to ask")
    async def help(self, interaction: discord.Interaction) -> None:
        """Answer for the asker's eyes only."""
        say = self._guilds.language_of(interaction)
        await answer(interaction, explained(say), ephemeral=True)


def explained(say: Language = ENGLISH) -> discord.Embed:
    """The whole of it."""
    return discord.Embed(title="Pullquote", description="\n".join(map(say, HELP)), colour=ANSWERED)
