"""Questions that lean on the conversation before them, made whole."""

from index.followups.completing import LONGEST, complete

__all__ = ["LONGEST", "complete"]
