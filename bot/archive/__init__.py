"""The one asynchronous door to the index, which blocks."""

from bot.archive.collections import collections_of, own_collection
from bot.archive.door import Archive
from bot.archive.index import Index
from bot.archive.notes import Notes
from bot.archive.readers import TellPlace
from bot.archive.refusals import AlreadyReindexing, Busy, CalledOff, Restarting, Stopped, TooLate, Writing

__all__ = [
    "AlreadyReindexing",
    "Archive",
    "Busy",
    "CalledOff",
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
