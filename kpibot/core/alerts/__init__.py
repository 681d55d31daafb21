"""Alerts: states and their transitions, groups, silences, quiet hours, routing and actions."""
