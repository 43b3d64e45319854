"""Reads an archive as a user who may not write it: `python -m tests.index.store.unprivileged FOLDER`.

Root is not held back by mode bits, so this process gives root up first, if it is root.
"""

import os
import sys
from pathlib import Path

from index.errors import ArchiveUnusable
from index.store import Store
from tests.index.store.archives import MANIFEST, ranked_by_vector, ranked_by_words, titles

NOBODY = 65534


def give_up_root() -> None:
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def main() -> None:
    folder = Path(sys.argv[1])
    give_up_root()
    store = Store.open(folder)
    print(len(titles(ranked_by_vector(store))), len(titles(ranked_by_words(store, ["nobody"]))), store.info().articles)
    print("problems:", *store.check())
    try:
        with store.writer(MANIFEST):
            print("could write")
    except ArchiveUnusable as error:
        print(type(error).__name__, error)
    store.close()


if __name__ == "__main__":
    main()
