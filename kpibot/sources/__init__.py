"""The district's databases, read-only: where measures are taken."""
