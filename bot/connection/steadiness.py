"""How the event loop is kept from standing still while threads answer and Python looks for garbage."""

import gc
import sys

from discord.ext import commands

# How long a thread that answers may keep the interpreter from the event loop. With Python's own 5 ms, 200 people who
# ask at once hear from the bot after a second and a half; see benchmarks/acknowledge.py.
SWITCH_S = 0.001


def steady(bot: commands.Bot | commands.AutoShardedBot) -> None:
    """Call it once everything is loaded: what is there by then is there for good.

    A search for garbage through all of it, which Python begins whenever it likes, stops the loop for 65 ms. The servers
    that Discord names while the bot comes up would add to that.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    bot.add_listener(_keep, "on_ready")


async def _keep() -> None:
    gc.freeze()
