"""The way to Discord, and off it again."""
