"""Readers go on answering from what they hold while a writer works, and never see half a publication."""

import subprocess
import sys
import threading
from pathlib import Path

from tests.index.store.archives import EVERYWHERE, MANIFEST, PLENTY, article, new_archive, row, vector_of, write

ROOT = Path(__file__).parents[3]
PASSAGES_EACH = 2  # one of them holds the word "nobody"


def test_a_snapshot_ranks_the_same_after_any_number_of_publications(tmp_path: Path) -> None:
    store = new_archive(tmp_path, *(article(f"a{n}") for n in range(9)))
    held = store.snapshot()

    def answers() -> tuple[object, object]:
        return held.dense(vector_of("q"), 99, EVERYWHERE), held.lexical("a1 nobody", 99, EVERYWHERE)

    before = answers()
    for number in range(5):  # more than there are generations kept on disk
        write(store, article(f"b{number}"))
        with store.writer(MANIFEST) as writer:
            writer.delete([article(f"a{number}").id])
        assert answers() == before
    assert store.snapshot() is not held
    store.close()


def test_both_legs_of_a_snapshot_are_of_one_generation_while_a_writer_publishes(tmp_path: Path) -> None:
    store = new_archive(tmp_path, article("a0"))
    done = threading.Event()
    torn: list[object] = []

    def keep_asking() -> None:
        while not done.is_set():
            snapshot = store.snapshot()
            by_vector = snapshot.dense(vector_of("q"), PLENTY, EVERYWHERE)
            by_words = {i for i, _ in snapshot.lexical("nobody about", PLENTY, EVERYWHERE)}
            if {i for i, _ in by_vector} != by_words or len(by_words) % PASSAGES_EACH:
                torn.append((by_vector, by_words))
            snapshot.get(sorted(by_words))

    readers = [threading.Thread(target=keep_asking) for _ in range(3)]
    for reader in readers:
        reader.start()
    with store.writer(MANIFEST) as writer:
        for number in range(1, 6):
            writer.put([row(article(f"a{number}")), row(article("a0", author=str(number)))])
            writer.publish()
    done.set()
    for reader in readers:
        reader.join()
    assert torn == []
    assert len(store.snapshot().dense(vector_of("q"), PLENTY, EVERYWHERE)) == 6 * PASSAGES_EACH
    store.close()


def test_a_reader_in_another_process_keeps_its_snapshot_and_picks_new_ones_up(tmp_path: Path) -> None:
    store = new_archive(tmp_path, *(article(f"a{n}") for n in range(3)))
    command = [sys.executable, "-m", "tests.index.store.steady_reader", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "open\n"
        for number in range(3, 7):
            write(store, article(f"a{number}"))
            reader.stdin.write("\n")
            reader.stdin.flush()
            now = PASSAGES_EACH * (number + 1)
            assert reader.stdout.readline() == f"6 3 {now} {now // 2}\n"
        reader.stdin.close()
    store.close()
