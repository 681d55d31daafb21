"""From a checked configuration to the frozen values that the rest works with."""
