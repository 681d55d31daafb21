"""Alerts in Slack: messages, buttons and the mute form."""
