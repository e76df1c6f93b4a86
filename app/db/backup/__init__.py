"""Backups: one file that holds a whole site's database, and how to read it again."""
