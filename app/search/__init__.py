"""Search: text to terms, terms to books."""
