"""What operators and the worker run: backups, jobs, mail, keys, checks before the start."""
