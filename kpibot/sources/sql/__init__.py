"""Measures as SQL: statements, series, timestamps, and the mapping of their results."""
