"""`/metrics`, `/healthz` and `/readyz`, told from the bot's own event loop: one that stands still answers nobody."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.measures.counting import Measures
from index import Listening

Readiness = Callable[[], dict[str, bool]]  # what has to be true for questions to be answered, by name


@asynccontextmanager
async def serve_page(
    listening: Listening, measures: Measures, *, lives: Callable[[], bool], readiness: Readiness
) -> AsyncIterator[Listening]:
    """Tell everybody who asks there; yields where that is. Raises OSError where nothing can listen there."""

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=measures.told(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def health(_: web.Request) -> web.Response:
        return _verdict({"loop": lives()})

    async def ready(_: web.Request) -> web.Response:
        return _verdict(readiness())

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/healthz", health), web.get("/readyz", ready)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, listening.host, listening.port).start()
        yield Listening(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


def _verdict(facts: dict[str, bool]) -> web.Response:
    good = all(facts.values())
    return web.json_response(facts, status=HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE)
