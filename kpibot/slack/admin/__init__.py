"""Messages to administrators in Slack."""
