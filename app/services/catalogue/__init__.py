"""The catalogue: books stored, imported, looked up and matched."""
