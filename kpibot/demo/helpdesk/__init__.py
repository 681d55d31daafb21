"""The demo's helpdesk: tickets and how many there are."""
