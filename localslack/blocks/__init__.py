"""Block Kit: what Slack accepts."""
