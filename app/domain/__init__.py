"""The rules, in plain Python: facts go in, decisions come out."""
