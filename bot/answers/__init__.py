"""An answer on its way out: as embeds, with its buttons, and read back from its own message."""
