"""The form of a token: three parts, the first of which holds the number of the application."""

import re
from base64 import urlsafe_b64decode
from binascii import Error

_FORM = r"[\w-]{18,}\.[\w-]{4,}\.[\w-]{20,}"


def application_in(token: str) -> int | None:
    """The application's number; None where this is no token of a bot, but perhaps a client secret or half of one."""
    if not re.fullmatch(_FORM, token, re.ASCII):
        return None
    head = token.partition(".")[0]
    try:
        number = urlsafe_b64decode(head + "=" * (-len(head) % 4))
    except (Error, ValueError):
        return None
    return int(number) if number.isdigit() else None
