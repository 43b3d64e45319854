"""Which articles may be read from where. Nothing else in the bot decides it."""


def collections_of(guild_id: int | None, *, public: bool = True) -> tuple[str, ...]:
    """What may be read from here. A server's own articles stay in that server."""
    if guild_id is None:
        return ("public",)
    return ("public", own_collection(guild_id)) if public else (own_collection(guild_id),)


def own_collection(guild_id: int) -> str:
    """The articles that only this server sees."""
    return f"guild-{guild_id}"
