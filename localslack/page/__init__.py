"""The page on which people use the workspace, and what they do there."""
