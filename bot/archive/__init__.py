"""The one asynchronous door to the index, which blocks."""

from bot.archive.collections import collections_of, own_collection
from bot.archive.door import Allowance, Archive
from bot.archive.index import Index
from bot.archive.notes import Notes
from bot.archive.ordering import UNTAKEN
from bot.archive.readers import TellPlace
from bot.archive.refusals import AlreadyReindexing, Busy, CalledOff, Restarting, Stopped, TooLate, Writing
from bot.archive.sources import Followed

__all__ = [
    "UNTAKEN",
    "Allowance",
    "AlreadyReindexing",
    "Archive",
    "Busy",
    "CalledOff",
    "Followed",
    "Index",
    "Notes",
    "Restarting",
    "Stopped",
    "TellPlace",
    "TooLate",
    "Writing",
    "collections_of",
    "own_collection",
]
