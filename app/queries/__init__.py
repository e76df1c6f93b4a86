"""The read side: SQL through `SqlHelper` in, frozen rows out."""
