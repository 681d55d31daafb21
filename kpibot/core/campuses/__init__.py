"""The campus tree, how it is built, and sums over it."""
