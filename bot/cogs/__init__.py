"""What people can do with the bot. Each handler validates, defers, awaits and renders."""
