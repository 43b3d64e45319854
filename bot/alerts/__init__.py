"""Topics that are followed, and the new articles that answer them."""
