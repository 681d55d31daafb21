"""What answers, digests and other messages say, frozen."""
