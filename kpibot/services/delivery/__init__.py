"""Delivers messages: each one once, and in order per channel."""
