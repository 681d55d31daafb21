"""A made-up school district with years of data, the same on every machine."""
