"""Publications: what was stored since the last one becomes findable at once, for everybody.

Every passage says with which publication it was born and is gone, so that one number that changes shows all of it, on
however many shards it lies. The switch to another model is written down before that, so that one who was killed in
between is followed by one who ends it.
"""

import json

from index.postgres.database import Connection, transaction
from index.postgres.dense import ensure_index
from index.postgres.rows import State, one, read_state, write_manifest, write_meta
from index.store import Manifest
from index.store.rows import from_json, to_json

KEPT_S = 600  # what a publication showed is kept for so long after the next one: no question takes longer


def prepare_switch(connection: Connection, manifest: Manifest, model: int) -> None:
    """Let the next publication be one of this model. In the transaction that stores its passages."""
    write_meta(connection, switch=json.dumps([to_json(manifest), model]), pending="yes")


def publish(connection: Connection, *, indexed_from: int) -> State:
    """Show what is stored; the state after it. Nothing happens where nothing has changed. Under the writer's lock."""
    with transaction(connection):
        state = read_state(connection)
        switch = connection.execute("SELECT value FROM meta WHERE key = 'switch'").fetchone()
    if not state.pending:
        return state
    manifest, model = (state.manifest, state.model) if switch is None else _switch(switch[0])
    if manifest is not None:  # before it is asked for
        with transaction(connection):
            ensure_index(connection, model, manifest.model.dimension, indexed_from=indexed_from)
    with transaction(connection):
        number = str(state.publication + 1)
        write_meta(connection, publication=number)
        if manifest is not None:
            write_manifest(connection, manifest, model)
        connection.execute("INSERT INTO publications VALUES (%s, now())", (number,))
        connection.execute("DELETE FROM meta WHERE key IN ('pending', 'switch')")
    _forget_unread(connection)
    with transaction(connection):
        return read_state(connection)


def _switch(line: str) -> tuple[Manifest, int]:
    manifest, model = json.loads(line)
    return from_json(manifest), int(model)


def _forget_unread(connection: Connection) -> None:
    """Drop what only publications show that nobody reads any more."""
    with transaction(connection):
        old = "SELECT coalesce(max(number), 0) FROM publications WHERE published_at < now() - make_interval(secs => %s)"
        oldest = one(connection, old, (KEPT_S,))[0]
        if oldest:
            connection.execute("DELETE FROM passages WHERE gone <= %s", (oldest,))
            connection.execute("DELETE FROM publications WHERE number < %s", (oldest,))
