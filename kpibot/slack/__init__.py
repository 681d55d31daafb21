"""Bolt listeners and the sender: the only place that knows Slack's libraries."""
