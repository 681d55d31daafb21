"""Digests in Slack."""
