"""What a server decides, and what is kept for it and about its people."""
