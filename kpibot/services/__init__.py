"""What the bot does: measure, answer, digest, watch and deliver. Nothing here knows SQL or Slack."""
