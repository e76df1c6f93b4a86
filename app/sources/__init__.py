"""The book sources outside, each behind the port `Source`."""
