"""Whether a worker makes the same vectors as this machine: told by its model, its precision, and by trying."""

from dataclasses import dataclass

import numpy as np

from index.encoder import precision_of
from index.types import Encoder, ModelId, Vectors

TOLERANCE = 1e-3  # of each number of a vector; 8 bits and bfloat16 differ by 9e-3 in a long text, processors by less
PROBES = (
    "Who?",
    "The summit was put off.",
    "The ferry struck the pier at noon, and its captain said that 14 people were hurt, two of them badly. " * 2,
)


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """What has to be alike for vectors of two machines to stand in one archive."""

    model: ModelId
    precision: str
    probes: Vectors  # of `PROBES`


def likeness_of(encoder: Encoder, name: str, precision: str) -> Likeness:
    """That of the encoder as it runs here; `name` and `precision` are those of the settings."""
    return Likeness(encoder.model, precision_of(name, precision), encoder.encode(PROBES))


def difference(here: Likeness, there: Likeness) -> str | None:
    """What keeps vectors of the other machine out of this archive, and the mend; None where nothing does."""
    if there.model != here.model:
        return (
            f"its model is {_named(there.model)}, here it is {_named(here.model)}: install the same model on both, "
            "and the same release of pullquote"
        )
    if there.precision != here.precision:
        return (
            f"its processor multiplies in {there.precision}, this machine in {here.precision}: "
            "PULLQUOTE_PRECISION=float32 is the same on all"
        )
    apart = float(np.abs(there.probes - here.probes).max())
    if apart > TOLERANCE:
        return f"its vectors are off by {apart:.4f} and may be by {TOLERANCE}: install the same releases on both"
    return None


def _named(model: ModelId) -> str:
    return f"{model.name} ({model.revision[:12]})"
