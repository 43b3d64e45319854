"""A reader in a process of its own: `python -m tests.index.store.steady_reader FOLDER`.

For each line on its input it prints how many passages the snapshot it took at the start ranks in either leg, and how
many a snapshot taken now ranks.
"""

import sys
from pathlib import Path

from index.store import Snapshot, Store
from tests.index.store.archives import EVERYWHERE, PLENTY, vector_of


def ranked(snapshot: Snapshot) -> str:
    by_vector = len(snapshot.dense(vector_of("any"), PLENTY, EVERYWHERE))
    return f"{by_vector} {len(snapshot.lexical('nobody', PLENTY, EVERYWHERE))}"


def main() -> None:
    store = Store.open(Path(sys.argv[1]))
    first = store.snapshot()
    print("open", flush=True)
    for _ in sys.stdin:
        print(ranked(first), ranked(store.snapshot()), flush=True)


if __name__ == "__main__":
    main()
