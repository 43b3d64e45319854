"""People in several servers: they ask, search, look and add, and note what comes of it."""

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.soaking.news import question, secret, upload, upload_url
from benchmarks.soaking.town import Option, Order, Town

PATIENCE_S = 60.0  # with one answer; the bot's own deadline is 20 s
HEARD_S = 3.0  # after which Discord voids what was not acknowledged
DEEDS = {"ask": 70, "search": 15, "latest": 8, "archive status": 4, "archive add": 3}  # weights
ADDED = "now in this server’s archive"
PEOPLE = 400  # in each server; number 0 manages it


@dataclass
class Fates:
    """What became of what people asked for."""

    done: Counter[str] = field(default_factory=Counter)  # by deed
    waits_s: list[float] = field(default_factory=list)  # of questions, to the answer
    late: int = 0  # acknowledged after Discord's limit
    unanswered: list[str] = field(default_factory=list)  # with the bot there all the time
    lost: list[str] = field(default_factory=list)  # acknowledged, and dropped by a bot that was stopped in good order
    cut_off: int = 0  # by a bot that was killed
    unheard: int = 0  # never acknowledged, as the bot was just going
    own: int = 0  # answers and lists with articles that only the server itself may see
    leaked: list[str] = field(default_factory=list)  # articles of another server
    added: list[str] = field(default_factory=list)  # addresses of articles of which the bot said that they are there


class People:
    """`questions` are asked as well as those that every server's own articles answer."""

    def __init__(self, town: Town, questions: list[str], seed: int) -> None:
        self.fates = Fates()
        self._town = town
        self._questions = questions
        self._dice = random.Random(seed)  # noqa: S311 - for deeds, not for secrets
        self._uploads = 0
        self._going: set[asyncio.Task[None]] = set()

    async def live(self, rate: float) -> None:
        """So many deeds a second on average, whatever became of those before, until it is cancelled."""
        while True:
            await asyncio.sleep(self._dice.expovariate(rate))
            task = asyncio.create_task(self._act())
            self._going.add(task)
            task.add_done_callback(self._going.discard)

    async def rest(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._going)

    def gone(self, *, killed: bool) -> None:
        """The bot has ended: who waits for an answer will not get it, but an order that the next one goes on with."""
        for order in list(self._town.orders.values()):
            if order.done.done() or (order.deed == "archive add" and order.acknowledged_s is not None):
                continue
            if order.acknowledged_s is None:
                self.fates.unheard += 1
            elif killed:
                self.fates.cut_off += 1
            else:
                self.fates.lost.append(order.deed)
            order.done.cancel()

    async def _act(self) -> None:
        server = self._dice.randrange(self._town.servers)
        (deed,) = self._dice.choices(list(DEEDS), list(DEEDS.values()))
        person = 0 if deed.startswith("archive") else self._dice.randrange(1, PEOPLE)
        options: list[Option] = []
        file, number = b"", 0
        if deed == "archive add":
            self._uploads = number = self._uploads + 1
            file = json.dumps(upload(server, number)).encode()
            options = [{"type": 11, "name": "attachment", "value": "1"}]
        elif deed in ("ask", "search"):
            asked = self._dice.choice((question(self._dice), self._dice.choice(self._questions)))
            options = [{"type": 3, "name": "question" if deed == "ask" else "query", "value": asked}]
        order = await self._town.order(server, deed, options, person=person, file=file)
        await self._wait(order)
        if ADDED in order.heard:
            self.fates.added.append(upload_url(server, number))

    async def _wait(self, order: Order) -> None:
        try:
            await asyncio.wait_for(asyncio.shield(order.done), PATIENCE_S)
        except TimeoutError:
            self.fates.unanswered.append(order.deed)
        except asyncio.CancelledError:
            if not order.done.cancelled():
                raise
        else:
            self._note(order)
        finally:
            self._town.close(order)

    def _note(self, order: Order) -> None:
        self.fates.done[order.deed] += 1
        self.fates.late += (order.acknowledged_s or 0.0) > HEARD_S
        if order.deed == "ask":
            self.fates.waits_s.append(asyncio.get_running_loop().time() - order.sent_s)
        self.fates.own += secret(order.guild) in order.heard
        others = [secret(server) for server in range(self._town.servers) if server != order.guild]
        self.fates.leaked += [f"{order.deed} in {order.guild}: {word}" for word in others if word in order.heard]
