"""What `check` looks at."""
