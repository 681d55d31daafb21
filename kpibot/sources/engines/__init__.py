"""What is special about each database engine."""
