"""The checks of `check`: databases, datasets, and numbers that cannot be right."""
