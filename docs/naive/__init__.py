"""The exchange as a first version does it, and backends on which one and the same test plays it or the real site."""
