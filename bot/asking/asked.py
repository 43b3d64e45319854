"""A question on its way to the archive."""

from dataclasses import dataclass
from datetime import date

from bot.archive import TellPlace
from bot.asking.conversations import Place
from bot.language import Language
from bot.lists.paging import Search
from index import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, when and where. `private`: the answer is for the asker's eyes only."""

    search: Search
    day: date
    place: Place
    say: Language
    private: bool = False
    history: tuple[Turn, ...] | None = None  # what it follows; None: what was asked from this place before
    tell_place: TellPlace | None = None  # to who waits in line
