"""The index as posting lists in shards, one design for SQLite and MariaDB. `posting_index` is its front door."""
