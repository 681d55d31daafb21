"""The files of a configuration: YAML with line numbers, variables, calendar feeds."""
