"""Leaf tools that know nothing of books."""
