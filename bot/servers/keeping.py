"""What is kept about people: under a pseudonym, for as long as their server has decided, theirs to read and delete."""

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.archive import Notes
from bot.errors import explain
from bot.guilds import Guilds
from index import ArchiveUnusable, utc_now

log = logging.getLogger(__name__)

QUESTION, FEEDBACK, FOLLOW = PERSONAL = ("question", "feedback", "follow")  # kinds; keys: GUILD/PSEUDONYM/…

_SECRET = "secret"  # noqa: S105 - a kind of record, no secret
_SECRET_KEY = "pseudonyms"  # noqa: S105 - its key
_PSEUDONYM_DIGITS = 32  # 128 bits: nobody meets anybody else's


class Kept(NamedTuple):
    """One record about a person."""

    kind: str
    key: str
    value: str

    @property
    def guild_id(self) -> str:
        """The server that it belongs to, as it stands in the key."""
        return self.key.split("/")[0]

    @property
    def content(self) -> object:
        """The value as it was meant: what JSON says, or the text itself."""
        try:
            return json.loads(self.value)
        except ValueError:
            return self.value


class Keeping:
    """The records about people. What one server keeps is never read for another."""

    def __init__(self, notes: Notes, guilds: Guilds, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._notes = notes
        self._guilds = guilds
        self._clock = clock
        self._secret = b""

    async def load(self) -> None:
        """Read this installation's secret, made at the first start. Call it before anything is kept."""
        self._secret = bytes.fromhex(await self._notes.keep_first(_SECRET, _SECRET_KEY, secrets.token_hex(32)))

    def pseudonym(self, user_id: int) -> str:
        """The name for a person in keys: always the same here, and nobody's without this installation's secret.

        Raises:
            RuntimeError: `load` has not been called; without the secret a name could be guessed.
        """
        if not self._secret:
            raise RuntimeError("pseudonyms need the secret of this installation: load it first")
        return hmac.new(self._secret, str(user_id).encode(), hashlib.sha256).hexdigest()[:_PSEUDONYM_DIGITS]

    async def keep_question(self, guild_id: int | None, user_id: int, question: str, *, answered: bool) -> None:
        """Keep a question where its server has decided to. One that cannot be kept does not cost its answer."""
        days = self._guilds.of(guild_id).keep_days
        if guild_id is None or days <= 0:
            return
        now = self._clock()
        key = f"{guild_id}/{self.pseudonym(user_id)}/{int(now.timestamp())}-{secrets.token_hex(4)}"
        asked = {"asked_at": now.isoformat(timespec="seconds"), "question": question, "answered": answered}
        try:
            await self._notes.keep(QUESTION, key, json.dumps(asked, ensure_ascii=False), days=days)
        except ArchiveUnusable as error:
            explain(error, private=[question])

    async def about(self, guild_id: int | None, user_id: int) -> list[Kept]:
        """What is kept about a person in a server; from a direct message (None), in all servers."""
        name = self.pseudonym(user_id)
        prefix = f"{guild_id}/{name}/" if guild_id is not None else ""
        found = [Kept(kind, *item) for kind in PERSONAL for item in await self._notes.recall(kind, prefix)]
        return [one for one in found if one.key.split("/")[1:2] == [name]]

    async def forget(self, guild_id: int | None, user_id: int) -> int:
        """Delete what `about` gives; the number of records."""
        kept = await self.about(guild_id, user_id)
        return sum([await self._notes.forget(one.kind, one.key) for one in kept])

    async def forget_server(self, guild_id: int) -> None:
        """Delete every record that belongs to a server, of whatever kind."""
        await self._notes.forget_everywhere(f"{guild_id}/")

    async def questions_of(self, guild_id: int) -> list[Kept]:
        """The questions that a server keeps."""
        return [Kept(QUESTION, *item) for item in await self._notes.recall(QUESTION, f"{guild_id}/")]

    async def shorten(self, guild_id: int, days: int) -> None:
        """Let no question of the server stay longer than so many days from when it was asked; 0 deletes them all."""
        if days <= 0:
            await self._notes.forget_all(QUESTION, f"{guild_id}/")
            return
        for one in await self.questions_of(guild_id):
            left = (_asked_at(one) + timedelta(days=days) - self._clock()) / timedelta(days=1)
            if left > 0:
                await self._notes.keep(one.kind, one.key, one.value, days=left)
            else:
                await self._notes.forget(one.kind, one.key)


def _asked_at(kept: Kept) -> datetime:
    """When the question was asked, from its key."""
    return datetime.fromtimestamp(int(kept.key.rsplit("/", 1)[1].split("-")[0]), UTC)
