"""What administrators are told in Slack."""
