"""The message that shows how a job goes, for as long as the job takes."""

import discord

from bot.errors import explain
from bot.messages.delivery import ORIGINAL, refusal

NOBODY = discord.AllowedMentions.none()  # the edit of a partial message does not take the client's


class Screen:
    """Reached through the interaction while its token lives (15 minutes), then as an ordinary message.

    A lost edit ends nothing: the message may be gone, or the channel closed to the bot.
    """

    def __init__(
        self,
        client: discord.Client,
        channel_id: int,
        message_id: int,
        interaction: discord.Interaction | None = None,
        webhook: discord.Webhook | None = None,
    ) -> None:
        """`webhook` is that of the command, for where the message's id is not known: 0."""
        self._client = client
        self._channel_id = channel_id
        self._message_id = message_id
        self._interaction = interaction
        self._webhook = webhook

    async def show(self, embed: discord.Embed, view: discord.ui.View | None = None) -> None:
        """Put this in place of what the message shows."""

        async def edit() -> None:
            if self._interaction is not None and not self._interaction.is_expired():
                await self._interaction.edit_original_response(embed=embed, view=view)
            elif not self._message_id and self._webhook is not None:
                await self._webhook.edit_message(ORIGINAL, embed=embed, view=view, allowed_mentions=NOBODY)
            else:
                channel = self._client.get_partial_messageable(self._channel_id)
                message = channel.get_partial_message(self._message_id)
                await message.edit(embed=embed, view=view, allowed_mentions=NOBODY)

        if error := await refusal(edit):
            explain(error)
