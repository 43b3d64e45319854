"""One kill of each kind; `python -m tests.processes.killing` is the long one."""

from pathlib import Path

import pytest

from tests.processes.killing import KINDS, SERVED_AGAIN_S, run


@pytest.mark.slow  # a lease runs out
async def test_nothing_acknowledged_is_lost_with_a_bot_an_indexer_or_the_server_of_the_database(tmp_path: Path) -> None:
    done, again = await run(1, 1, tmp_path)
    assert all(done[kind] == 1 for kind in KINDS)
    assert done["ask: acknowledged"] > 10
    assert max(again) < SERVED_AGAIN_S
