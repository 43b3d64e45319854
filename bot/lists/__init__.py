"""Lists with pages: what was searched for, and what came in."""
