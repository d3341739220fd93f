"""How the fake responds to each operation."""
