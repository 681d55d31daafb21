"""Charts as PNG pictures, and their alternative texts."""
