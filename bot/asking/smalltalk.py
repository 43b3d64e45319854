"""Messages that ask nothing. A list of sources under "hello" is what people like least about such bots."""

import re

from bot.escape import one_line
from bot.language import phrase

HINT = phrase(
    "Ask me about the news in my archive, for example: who suggested postponing the summit? "
    "I answer with quotes, word for word, and say where they stand."
)
WELCOME = phrase("You are welcome! Ask me whenever something in the news makes you wonder.")

_GREETINGS = frozenset(
    {
        "hi",
        "hello",
        "hey",
        "yo",
        "ping",
        "test",
        "help",
        "bye",
        "goodbye",
        "see you",
        "hi there",
        "hello there",
        "hey there",
    }
    | {"good morning", "good afternoon", "good evening", "good night", "how are you", "who are you", "what can you do"}
    | {"hallo", "moin", "servus", "guten tag", "guten morgen", "guten abend", "hola", "buenas", "buenos días"}
    | {"bonjour", "salut", "ciao", "привет", "مرحبا", "你好"}
)
_THANKS = frozenset(
    {
        "thanks",
        "thank you",
        "thx",
        "ty",
        "cheers",
        "thanks a lot",
        "many thanks",
        "thank you very much",
        "great",
        "nice",
    }
    | {"ok", "okay", "cool", "danke", "vielen dank", "gracias", "muchas gracias", "merci", "grazie"}
    | {"спасибо", "شكرا", "谢谢"}
)
_NO_WORD = re.compile(r"[\W_]+")


def small_talk(message: str) -> str | None:
    """What to say to a message that asks nothing, marked for translation; None where it may be a question."""
    words = " ".join(_NO_WORD.sub(" ", one_line(message).casefold()).split())
    if words in _THANKS:
        return WELCOME
    return HINT if not words or words in _GREETINGS else None
