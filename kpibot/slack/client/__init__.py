"""Slack's Web API and Socket Mode: connection, sender, directory, files and errors."""
