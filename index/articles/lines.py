"""What a single line of text is: prose, or something shorter."""

SHORT_WORDS = 12  # a heading has no more
PARAGRAPH_WORDS = 15  # a line this long is prose even where its full stop is missing
SENTENCE_WORDS = 4  # a shorter line that ends with a full stop may be "By J. Doe Jr."
SENTENCE_CHARS = 30  # or so many characters, for scripts without spaces

_CLOSERS = "\"'”’»)]"
_STOPS = (".", "!", "?", "…", "。", "！", "？", "؟", "।")  # noqa: RUF001 - other scripts' full stops


def ends_sentence(line: str) -> bool:
    """Whether the line closes with a full stop or the like, quotation marks and brackets set aside."""
    return line.rstrip().rstrip(_CLOSERS).endswith(_STOPS)


def is_paragraph(line: str) -> bool:
    """Whether the line is prose: it ends as a sentence does, or is too long for anything else."""
    words = len(line.split(None, PARAGRAPH_WORDS))
    return words >= PARAGRAPH_WORDS or (ends_sentence(line) and (words >= SENTENCE_WORDS or len(line) > SENTENCE_CHARS))


def is_dateline(line: str) -> bool:
    """Whether it is the place where a report starts, on a line of its own: "WASHINGTON (AP) —"."""
    return line.rstrip().endswith(("—", "–", " -", "--")) and len(line.split()) <= SHORT_WORDS
