"""What the bot has to be allowed in a server."""

import discord

# It shows embeds, in threads that it opens too, and replies to messages. The README's invitation asks for just this.
NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    create_public_threads=True,
    send_messages_in_threads=True,
    embed_links=True,
    read_message_history=True,
)


def missing(granted: int) -> list[str]:
    """In Discord's words, those that are needed and not among the permission bits; administrators lack none."""
    held = discord.Permissions(granted)
    if held.administrator:
        return []
    return [name.replace("_", " ").title() for name, needed in NEEDED if needed and not getattr(held, name)]
