"""Sources that are looked at again and again, so that the archive follows the news by itself."""

from index.watching.adding import NewSource
from index.watching.looks import Look
from index.watching.watcher import Round, Watcher

__all__ = ["Look", "NewSource", "Round", "Watcher"]
