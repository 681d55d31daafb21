"""The contents of answers, digests and other messages, frozen."""
