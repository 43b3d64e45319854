"""How long each stage of a question takes, told to whoever composed the program. The words of a question never are."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

OnStage = Callable[[str, float], None]  # the stage, and the seconds that it took; called on the question's thread

STAGES = ("encode", "search", "read")  # of the read path, in their order


def untold(stage: str, seconds: float) -> None:
    """Nobody measures."""


@contextmanager
def timed(stage: str, on_stage: OnStage) -> Iterator[None]:
    """Tell how long the block took, also one that failed."""
    started = time.perf_counter()
    try:
        yield
    finally:
        on_stage(stage, time.perf_counter() - started)
