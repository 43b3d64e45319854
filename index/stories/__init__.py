"""Stories: articles that carry one text, however edited or cut, and who wrote it. The archive keeps which they are."""

from index.stories.copying import are_copies, contained
from index.stories.outlets import agency_of, outlet_key, outlet_of
from index.stories.sketch import Sketch, band_keys, meet, resemblance, sketch_of
from index.stories.wording import Shingles, Wording, own_words, shingles, wording_of

STORY_RULES = "1"  # grows when anything here changes what is a copy of what: archives then compare their articles anew

__all__ = [
    "STORY_RULES",
    "Shingles",
    "Sketch",
    "Wording",
    "agency_of",
    "are_copies",
    "band_keys",
    "contained",
    "meet",
    "outlet_key",
    "outlet_of",
    "own_words",
    "resemblance",
    "shingles",
    "sketch_of",
    "wording_of",
]
