"""Who may be shown what, and who may do what."""
