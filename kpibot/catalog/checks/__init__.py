"""What no single value can tell: whether a configuration fits together."""
