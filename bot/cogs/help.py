"""The command /help."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.delivery import answer

HELP = """\
I answer from an archive of news articles, with **quotes, word for word**, and I say where they stand.

`/ask` a question, such as: who suggested postponing the summit? It takes days, a publisher, and `private`
`/search` words, with a span of days or a publisher if you like, best or newest first
`/latest` shows what came in
`/follow` a topic: I tell you, or this channel, when a new article answers it. `/unfollow`, `/follows`
`/privacy` shows, exports and deletes what is kept about you
`/settings` and `/archive`, with articles of this server's own, are for members who may manage the server

You can also mention me in a channel, reply to me with the mention on, or write to me directly. Where the archive does \
not answer, I say so. In the menu of a message, **Find sources for this** shows what the archive has near it.
Under an answer: the sentences around its quotes, more quotes, and **Report wrong quote**.
You can ask on: after an answer, "why?" or "and what did Putin say?" is enough, and I show how I understood it. \
**Follow up** opens a thread for it.
For that I remember your last questions for 15 minutes. A server may decide to keep questions for longer: \
`/privacy show` tells you."""


class Help(commands.Cog):
    """Says what the bot does."""

    @app_commands.command(description="What this bot does and how to ask")
    async def help(self, interaction: discord.Interaction) -> None:
        """Answer for the asker's eyes only."""
        embed = discord.Embed(title="Pullquote", description=HELP, colour=0x2D8C6F)
        await answer(interaction, embed, ephemeral=True)
