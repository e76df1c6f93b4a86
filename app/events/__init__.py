"""Domain events: signals that tell of what was committed, once, and never of what was rolled back."""
