"""A process that writes until it is killed: `python -m tests.index.store.crashing_writer FOLDER`.

Prints a line for each article after it was acknowledged.
"""

import sys
from itertools import count
from pathlib import Path

from index.store import Store
from tests.index.store.archives import MANIFEST, article, row


def main() -> None:
    store = Store.open(Path(sys.argv[1]))
    print("open", flush=True)
    with store.writer(MANIFEST) as writer:
        for batch in count(1):
            names = [f"w{batch}x{n}" for n in range(3)]
            writer.put([row(article(name)) for name in names])
            for name in names:
                print(name, flush=True)
            if batch % 2 == 0:
                writer.publish()


if __name__ == "__main__":
    main()
