"""The schema of a configuration: its sections, keys and kinds of value, and its JSON Schema."""
