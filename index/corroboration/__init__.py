"""What several articles say together: which answers are the same, how many outlets stand behind each, which disagree.

Nothing here reads a question or the archive: claims go in, reports come out, the same for any order of the claims.
"""

from index.corroboration.claims import Claim, Reported
from index.corroboration.conflict import conflicts
from index.corroboration.notices import correction_of
from index.corroboration.weighing import weigh

__all__ = ["Claim", "Reported", "conflicts", "correction_of", "weigh"]
