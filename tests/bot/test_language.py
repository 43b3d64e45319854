"""What is said is said in the reader's language where it can be, and in English where it cannot."""

from bot.language import language


def test_a_code_finds_its_language_and_an_unknown_one_english() -> None:
    assert language("de")("Context") == "Zusammenhang"
    assert language("es-419")("Context") == language("es-ES")("Context") == "Contexto"
    assert language("xx")("Context") == language(None)("Context") == "Context"


def test_what_a_language_lacks_is_said_in_english() -> None:
    assert language("de")("This was never translated, {name}.", name="Nora") == "This was never translated, Nora."


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert language("de").many(1200, "{n} x", "{n} xs") == "1.200 xs"
    assert language("en").many(1, "{n} x", "{n} xs") == "1 x"
    assert language("en")("{n} of {m}", n=1200, m=3) == "1,200 of 3"
