"""Publishes digests."""
