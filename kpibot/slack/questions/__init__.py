"""Questions in Slack: listeners, and answers as messages."""
