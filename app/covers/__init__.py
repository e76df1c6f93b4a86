"""Covers of books: fetched from their sources, or drawn."""
