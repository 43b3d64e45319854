"""A piece of work in a process of its own, so that its memory can be told from everything else's."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from benchmarks.contest import peak_bytes

Given = ParamSpec("Given")
Result = TypeVar("Result")


def apart(work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> tuple[Result, int]:
    """What the function returned, and the resident memory of its process at its largest, in bytes.

    Function and arguments are pickled; nothing that is in memory here is there.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        result = pool.submit(work, *given, **named).result()
        return result, pool.submit(peak_bytes).result()
