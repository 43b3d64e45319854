import pytest

from tests.bot.conftest import World, check_message, payloads

MESSAGE = {"content": "@everyone", "embeds": [{"description": "@everyone"}]}


async def test_nothing_that_the_bot_says_escapes_the_check_for_mentions(world: World) -> None:
    assert world.env.bot.user is not None
    await world.alice.slash(world.channel, "help")  # an answer at once
    await world.alice.slash(world.channel, "ask", question="Who won the lottery?")  # an edit of the deferred one
    await world.alice.send(world.channel, f"<@{world.env.bot.user.id}> who won the lottery?")
    await world.alice.send_dm("who won the lottery?")
    found = await world.alice.slash(world.channel, "search", query="lottery", after="yesterday")  # refused, privately
    assert found.response is not None
    assert len(world.env.errors) == 1
    assert len(payloads(world.env)) == 5
    assert all(body["allowed_mentions"] == {"parse": []} for body in payloads(world.env))


async def test_a_message_in_a_new_thread_and_one_from_a_webhook_are_checked_too(world: World) -> None:
    for path, body in (("/channels/1/threads", {"name": "a", "message": MESSAGE}), ("/webhooks/1/a", MESSAGE)):
        world.env.http_requests.append(type(world.env.http_requests[0])("POST", path, {}, body, None))
    *_, in_thread, from_webhook = payloads(world.env)
    for body in (in_thread, from_webhook):
        with pytest.raises(KeyError, match="allowed_mentions"):
            check_message(body)
    del world.env.http_requests[-2:]


@pytest.mark.parametrize(
    "allowed", [{"parse": ["everyone"]}, {"parse": [], "users": ["1"]}, {"parse": [], "replied_user": True}]
)
def test_a_message_that_may_ping_somebody_fails_the_check(allowed: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        check_message({**MESSAGE, "allowed_mentions": allowed})
