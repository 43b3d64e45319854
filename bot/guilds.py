"""What each server has decided: read from memory, so that no question waits for it, written through `Archive`."""

import asyncio
import json
import logging
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Protocol, Self, runtime_checkable

import discord

from bot.archive import Notes, collections_of
from bot.language import Language, language_of
from index import ArchiveUnusable

log = logging.getLogger(__name__)

KIND = "guild"  # of these records
AGAIN_S = 1.0  # before what could not be read is read again


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """The settings of one server. Every one has a default, so a server that decides nothing is served well."""

    channels: tuple[int, ...] = ()  # where questions are answered; none named: everywhere
    private: bool = False  # whether /ask answers for the asker's eyes only unless they say otherwise
    language: str | None = None  # of what the bot says; None: each person's own
    public: bool = True  # whether the public archive is read besides the server's own articles
    person_cooldown_s: int = 0  # between two questions of one person
    per_minute: int = 0  # questions of the whole server; 0: as many as come
    admins_channel: int | None = None  # where reports and what admins do are told
    keep_days: int = 0  # how long questions are kept; 0: not at all

    @classmethod
    def of(cls, written: str) -> Self:
        """From what `written` gives. A field that is missing, unknown or of another shape takes its default."""
        try:
            found = json.loads(written)
        except ValueError:
            found = None
        known = found if isinstance(found, dict) else {}
        given = {one.name: known[one.name] for one in fields(cls) if one.name in known}
        return cls(**{name: value for name, value in map(_shaped, given.items()) if _fits(name, value)})

    @property
    def written(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))

    def answers_in(self, *channels: int | None) -> bool:
        """Whether questions are answered in a channel; of a thread, give its parent's id too."""
        return not self.channels or any(channel in self.channels for channel in channels)


DEFAULTS = GuildSettings()


@runtime_checkable
class Deciding(Protocol):
    """A client that knows what servers have decided."""

    def settings_of(self, guild_id: int | None) -> GuildSettings:
        """What the server has decided."""


class Guilds:
    """The settings of all servers, in memory. What another process changes is known here a moment later."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._settings: dict[int, GuildSettings] = {}
        self._writing = asyncio.Lock()  # two admins at a time: neither change is lost
        self._is_listening = False
        self._heard: dict[str, None] = {}  # keys of what others have changed; '': perhaps everything
        self._reading: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Read what was kept, and from now on what other processes change. Call it before the first question."""
        if not self._is_listening:
            await self._read("")
            self._notes.listen(self._hear)
            self._is_listening = True

    def _hear(self, kind: str, key: str) -> None:
        """Read it as soon as may be. What cannot be read now is read later: nothing that changed is passed over."""
        if kind in (KIND, ""):
            self._heard[key] = None
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read_heard())

    async def _read_heard(self) -> None:
        while self._heard:
            key = next(iter(self._heard))
            del self._heard[key]
            try:
                await self._read(key)
            except ArchiveUnusable as error:
                self._heard[key] = None
                log.warning("what servers have decided is read again in %s s: %s", AGAIN_S, error)
                await asyncio.sleep(AGAIN_S)

    async def _read(self, key: str) -> None:
        async with self._writing:
            if key:
                await self._read_one(int(key))
            else:
                kept = await self._notes.recall(KIND)
                self._settings = {int(one): GuildSettings.of(value) for one, value in kept}

    async def _read_one(self, guild_id: int) -> None:
        written = await self._notes.read(KIND, str(guild_id))
        self._settings.pop(guild_id, None)
        if written is not None:
            self._settings[guild_id] = GuildSettings.of(written)

    def of(self, guild_id: int | None) -> GuildSettings:
        """The server's settings; the defaults in direct messages."""
        return self._settings.get(guild_id, DEFAULTS) if guild_id is not None else DEFAULTS

    def readable(self, guild_id: int | None) -> tuple[str, ...]:
        """The collections that may be read from the server; from a direct message the public one."""
        return collections_of(guild_id, public=self.of(guild_id).public)

    def language_of(self, interaction: discord.Interaction) -> Language:
        """The language that the person is answered in: what the server has chosen, else their own Discord's."""
        return language_of(interaction, self.of(interaction.guild_id).language)

    async def change(self, guild_id: int, **changes: Any) -> GuildSettings:  # as `dataclasses.replace` takes them
        """Change fields of `GuildSettings`, kept before this returns."""
        async with self._writing:
            await self._read_one(guild_id)
            changed = replace(self.of(guild_id), **changes)
            await self._notes.keep(KIND, str(guild_id), changed.written, tell=True)
            self._settings[guild_id] = changed
        return changed

    async def forget(self, guild_id: int) -> None:
        """The server is served by the defaults again: it has removed the bot, or wants to begin anew."""
        async with self._writing:
            self._settings.pop(guild_id, None)
            await self._notes.forget(KIND, str(guild_id), tell=True)


def _shaped(item: tuple[str, Any]) -> tuple[str, Any]:
    name, value = item
    return name, tuple(value) if isinstance(value, list) else value


def _fits(name: str, value: object) -> bool:
    """Whether the value has the type of the field's default; the two that may be None take a value of their own."""
    if name == "language":
        return value is None or isinstance(value, str)
    if name == "admins_channel":
        return value is None or type(value) is int
    if name == "channels":
        return isinstance(value, tuple) and all(type(one) is int for one in value)
    return type(value) is type(getattr(DEFAULTS, name))
