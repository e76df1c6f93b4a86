"""The life of a request: before, after, and when something goes wrong."""
