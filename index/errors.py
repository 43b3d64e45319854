"""What can go wrong, as a tree. Each message is one sentence for the person at the keyboard.

PullquoteError
├── BadQuestion         a question or query that cannot be asked (empty, too long)
├── ArchiveUnusable     the archive as it stands cannot serve; the message says what to run
│   ├── ArchiveLocked   another process is writing
│   ├── ArchiveStale    built by another model or other passage rules
│   └── ArchiveDamaged  a file is broken in a way that opening does not mend
├── ModelUnusable       the encoder's weights are missing or not the ones expected
└── ClusterUnusable     the cluster that should encode cannot be reached, or does not

A source that is not taken is no failure: it is a `Rejection`, counted and reported.
"""


class PullquoteError(Exception):
    """Any failure that has a sentence for the person who meets it."""


class BadQuestion(PullquoteError):
    """The question cannot be asked as it stands."""


class ArchiveUnusable(PullquoteError):
    """The archive cannot serve; the message says what to run."""


class ArchiveLocked(ArchiveUnusable):
    """Another process is writing to the archive."""


class ArchiveStale(ArchiveUnusable):
    """The archive was built with another model or other passage rules."""


class ArchiveDamaged(ArchiveUnusable):
    """A file of the archive is broken."""


class ModelUnusable(PullquoteError):
    """The weights are missing or not the ones expected."""


class ClusterUnusable(PullquoteError):
    """There is no cluster to encode on, or none of its workers can."""
