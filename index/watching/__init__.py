"""Sources that are looked at again and again, so that the archive follows the news by itself."""

from index.watching.adding import NewSource, addresses_of
from index.watching.guests import GuestSources
from index.watching.looks import Look
from index.watching.reach import NO_GUESTS, GuestRules
from index.watching.watcher import Round, Watcher

__all__ = ["NO_GUESTS", "GuestRules", "GuestSources", "Look", "NewSource", "Round", "Watcher", "addresses_of"]
