"""Search: the index as posting lists in shards, one design for SQLite and MariaDB. `index` is its front door."""
