"""Providers: the book sources outside, each behind the port `Source`."""
