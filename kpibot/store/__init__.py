"""The bot's own memory: readings, alert states, claims and the outbox."""
