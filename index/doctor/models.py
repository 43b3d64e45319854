"""The models: whether their weights are there, are the right ones, and made the archive."""

import hashlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from index.config import BUNDLED_MODEL, BUNDLED_READER, PASSAGE_RULES, IndexConfig
from index.doctor.findings import Finding, fine, wrong
from index.minilm import BUNDLED_RANGES, BUNDLED_SHA256, RANGES_SHA256, bundled_folder
from index.store import Examined, Manifest

_REINSTALL = "make setup, or install pullquote again"


def look_at_models(config: IndexConfig, examined: Examined | None) -> Iterator[Finding]:
    """The encoder, what reads and what ranks; for a bundled one the sha256 of its weights is compared.

    Raises:
        ModelUnusable: the package with the weights is not installed.
    """
    if config.model == BUNDLED_MODEL:
        weights = {bundled_folder() / "model.safetensors": BUNDLED_SHA256, BUNDLED_RANGES: RANGES_SHA256}
        yield _weights("model", BUNDLED_MODEL, weights)
    else:
        yield _named("model", config.model, "PULLQUOTE_MODEL")
    if BUNDLED_READER in (config.reader, config.reranker):
        yield _weights("reader", "the bundled network", _of_reader())
    for variable, name in (("PULLQUOTE_READER", config.reader), ("PULLQUOTE_RERANKER", config.reranker)):
        if name != BUNDLED_READER:
            yield _named("reader", name, variable)
    if examined and (made_with := examined.manifest):
        yield _fit(config, made_with)


def _of_reader() -> dict[Path, str]:
    from index import network  # noqa: PLC0415  it imports OpenVINO, half a second

    return {
        network.BUNDLED_WEIGHTS: network.BUNDLED_SHA256,
        network.BUNDLED_RANGES: network.RANGES_SHA256,
    }


def _weights(what: str, name: str, files: dict[Path, str]) -> Finding:
    for file, sha256 in files.items():
        try:
            with file.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            return wrong(what, f"the weights in {file} cannot be read ({error.strerror})", _REINSTALL)
        if found != sha256:
            return wrong(what, f"the weights in {file} are not those of this version", _REINSTALL)
    return fine(what, f"{name}: the weights are there, and their sha256 is right")


def _named(what: str, name: str, variable: str) -> Finding:
    """A model of the operator's. Whether a name is on the hub is not asked: it may be in the cache already."""
    if find_spec("sentence_transformers") is None:
        return wrong(what, f"{name} needs sentence-transformers, which is not installed", _REINSTALL)
    folder = Path(name).expanduser()
    if folder.is_absolute() or name.startswith((".", "~")):
        if not folder.is_dir():
            return wrong(what, f"there is no folder {name}", f"set {variable} to a folder that is there, or to a name")
        return fine(what, f"the folder {name} is there")
    return fine(what, f"{name} is loaded at its first use, from this machine's cache or the hub")


def _fit(config: IndexConfig, made_with: Manifest) -> Finding:
    same_name = made_with.model.name == config.model
    same_weights = config.model != BUNDLED_MODEL or made_with.model.revision == BUNDLED_SHA256
    if same_name and same_weights and made_with.passage_rules == PASSAGE_RULES:
        return fine("vectors", f"the archive's are of {made_with.model.name}, as the settings say")
    found = f"the archive's are of {made_with.describe()}, the settings say {config.model} and rules {PASSAGE_RULES}"
    return wrong("vectors", found, "pullquote rebuild, or set PULLQUOTE_MODEL back")
