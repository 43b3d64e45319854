"""A stand-in until `keeping.Keeping.pseudonym` is there: names for people that nobody can turn back."""

import hashlib
import hmac
import secrets
from collections.abc import Callable

Pseudonym = Callable[[int], str]  # of a user's id


def until_the_next_start() -> Pseudonym:
    """Always the same name for the same person, until the bot starts anew."""
    key = secrets.token_bytes(32)
    return lambda user_id: hmac.new(key, str(user_id).encode(), hashlib.sha256).hexdigest()[:32]
