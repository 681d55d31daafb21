"""The campus tree, what it is made from, and sums up the tree."""
