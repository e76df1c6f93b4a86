"""Everything that knows of transactions: `auto_commit`, the soft-delete `Query`, `SqlHelper`, the pool and the dialects."""
