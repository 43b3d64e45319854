"""How long each stage of a question takes, told to whoever composed the program. The words of a question never are."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

OnStage = Callable[[str, float], None]  # the stage, and the seconds that it took; called on the question's thread

PARTS_OF_SEARCH = ("dense", "lexical", "fuse")  # and some more time goes into reading what was found
STAGES = ("complete", "encode", *PARTS_OF_SEARCH, "search", "read", "quotes")  # of the read path, as they end


def untold(stage: str, seconds: float) -> None:
    """Nobody measures."""


_on_stage: ContextVar[OnStage] = ContextVar("on_stage", default=untold)


@contextmanager
def telling(on_stage: OnStage) -> Iterator[None]:
    """Let it hear of the stages of this thread's question."""
    token = _on_stage.set(on_stage)
    try:
        yield
    finally:
        _on_stage.reset(token)


@contextmanager
def timed(stage: str, on_stage: OnStage | None = None) -> Iterator[None]:
    """Tell how long the block took, also one that failed; without a listener, whoever hears of this question."""
    started = time.perf_counter()
    try:
        yield
    finally:
        (on_stage or _on_stage.get())(stage, time.perf_counter() - started)
