"""What admins do with the articles that their server reads."""
