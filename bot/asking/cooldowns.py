"""How often questions may come: bookkeeping only, in memory, every server apart from the others."""

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from bot.guilds import GuildSettings

MINUTE_S = 60.0
MOST = 10_000  # people, and servers, at a time; who is forgotten before their time may ask sooner, no more


class Cooldowns:
    """When who asked last. A question that was refused does not count against anybody."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._people = OrderedDict[tuple[int, int], float]()  # by server and person; who asked last at the end
        self._servers = OrderedDict[int, deque[float]]()  # the questions of the last minute, oldest first

    def ask(self, guild_id: int, user_id: int, settings: GuildSettings) -> int:
        """0 for a question that may be asked, and is counted; else the whole seconds to wait, 1 at least."""
        now = self._clock()
        wait = max(
            self._of_person((guild_id, user_id), settings.person_cooldown_s, now),
            self._of_server(guild_id, settings.per_minute, now),
        )
        if wait > 0:
            return math.ceil(wait)
        self._count(guild_id, user_id, settings, now)
        return 0

    def _of_person(self, person: tuple[int, int], cooldown_s: int, now: float) -> float:
        last = self._people.get(person)
        return last + cooldown_s - now if last is not None and cooldown_s else 0.0

    def _of_server(self, guild_id: int, per_minute: int, now: float) -> float:
        asked = self._servers.get(guild_id)
        while asked and asked[0] <= now - MINUTE_S:
            asked.popleft()
        return asked[-per_minute] + MINUTE_S - now if asked and 0 < per_minute <= len(asked) else 0.0

    def _count(self, guild_id: int, user_id: int, settings: GuildSettings, now: float) -> None:
        if settings.person_cooldown_s:
            self._people[guild_id, user_id] = now
            self._people.move_to_end((guild_id, user_id))
        if settings.per_minute:
            self._servers.setdefault(guild_id, deque()).append(now)
            self._servers.move_to_end(guild_id)
        while len(self._people) > MOST:
            self._people.popitem(last=False)
        while len(self._servers) > MOST:
            self._servers.popitem(last=False)
