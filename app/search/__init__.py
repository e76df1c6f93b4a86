"""Text to terms, terms to books."""
