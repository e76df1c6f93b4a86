"""Members' own lists of books."""
