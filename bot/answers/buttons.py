"""The buttons under an answer. They work for as long as the message stands, also after a restart.

What a button acts on is in its custom id and in its message. Both come from a client: whoever acts on them looks at
what may be read where the click was, and at whether it is still there.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar, Self

import discord
from discord.ext import commands

from bot.answers.carried import PUBLISHER_LIMIT, scope_of
from bot.archive.references import pack, references_of
from bot.errors import tell
from bot.language import ENGLISH, Language
from bot.lists.paging import Search
from bot.messages.forms import typed_into
from index import Answer, NoEvidence

Deed = Callable[[discord.Interaction, str], Awaitable[None]]

PATTERN = r"pullquote:(?P<deed>context|more|share|follow|ask-on|helpful|unhelpful|report)(?::(?P<state>.*))?"
QUOTES = "pullquote:context:"  # the custom id of the button that carries where the quotes stand, before that


class Clickable(commands.Cog):
    """A cog that does what buttons and forms of ours ask for: `deeds` and `forms` by their names."""

    deeds: Mapping[str, Deed] = {}  # given what the custom id carries
    forms: Mapping[str, Deed] = {}  # given what was typed

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take a form of this cog's, also one that was opened before a restart."""
        for name, deed in self.forms.items():
            words = typed_into(interaction, name)
            if words is not None:
                await _carefully(deed, interaction, words)


class AnswerButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=PATTERN):
    """Does one deed. Which cog does it is found at the click."""

    styles: ClassVar = {"share": discord.ButtonStyle.primary, "ask-on": discord.ButtonStyle.primary}

    def __init__(self, deed: str, label: str = "?", *, state: str = "") -> None:
        self.deed = deed
        self.state = state
        style = self.styles.get(deed, discord.ButtonStyle.secondary)
        row = 1 if deed in ("helpful", "unhelpful", "report") else 0
        custom_id = f"pullquote:{deed}:{state}" if state else f"pullquote:{deed}"
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id, style=style, row=row))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button that was clicked, also one from before a restart."""
        del interaction, item
        return cls(match["deed"], state=match["state"] or "")

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do it."""
        cogs = interaction.client.cogs.values() if isinstance(interaction.client, commands.AutoShardedBot) else ()
        for cog in cogs:
            if isinstance(cog, Clickable) and self.deed in cog.deeds:
                await _carefully(cog.deeds[self.deed], interaction, self.state)


async def _carefully(deed: Deed, interaction: discord.Interaction, state: str) -> None:
    try:
        await deed(interaction, state)
    except Exception as error:  # noqa: BLE001 - discord.py has no error handler for dynamic items; this is theirs
        await tell(interaction, error)


def under(found: Answer | NoEvidence, search: Search, *, private: bool, say: Language = ENGLISH) -> discord.ui.View:
    """The buttons for what was found: under no answer, only whether that was helpful.

    `private`: the answer is for the asker's eyes only, and can be shared.
    """
    view = discord.ui.View(timeout=None)
    if isinstance(found, Answer):
        view.add_item(AnswerButton("context", say("Context"), state=pack(references_of(found))))
        if len(search.publisher or "") <= PUBLISHER_LIMIT:
            view.add_item(AnswerButton("more", say("More quotes"), state=scope_of(search)))
        if private:
            view.add_item(AnswerButton("share", say("Share")))
        view.add_item(AnswerButton("follow", say("Follow up")))
    view.add_item(AnswerButton("helpful", say("Helpful")))
    view.add_item(AnswerButton("unhelpful", say("Not helpful")))
    if isinstance(found, Answer):
        view.add_item(AnswerButton("report", say("Report wrong quote")))
    return view


def without(message: discord.Message, deed: str) -> discord.ui.View:
    """The message's buttons but one."""
    view = discord.ui.View(timeout=None)
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    for button in (one for row in rows for one in row.children if isinstance(one, discord.Button)):
        found = re.fullmatch(PATTERN, button.custom_id or "")
        if found and found["deed"] != deed:
            view.add_item(AnswerButton(found["deed"], button.label or "?", state=found["state"] or ""))
    return view


def asking_on(search: Search, say: Language = ENGLISH) -> discord.ui.View:
    """The button that opens the form for a follow-up, and carries what that is to be limited to, as the search is."""
    view = discord.ui.View(timeout=None)
    scope = scope_of(search) if len(search.publisher or "") <= PUBLISHER_LIMIT else ""
    view.add_item(AnswerButton("ask-on", say("Ask a follow-up"), state=scope))
    return view
