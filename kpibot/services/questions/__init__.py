"""Answers questions about KPIs."""
