"""What the bot does, in figures. No words of anybody and no ids of people or servers are in any of it."""

from bot.measures.counting import OUTCOMES, Measures
from bot.measures.gateway import Gateway
from bot.measures.holdings import Holdings
from bot.measures.lag import Lag
from bot.measures.logged import Logged
from bot.measures.page import Readiness, serve_page
from bot.measures.traces import Traces

__all__ = [
    "OUTCOMES",
    "Gateway",
    "Holdings",
    "Lag",
    "Logged",
    "Measures",
    "Readiness",
    "Traces",
    "serve_page",
]
