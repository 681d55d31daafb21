"""Numbers, times and sentences, the same for every medium."""
