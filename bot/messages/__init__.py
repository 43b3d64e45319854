"""What goes to Discord and what comes back from it: messages, clicks, forms."""
