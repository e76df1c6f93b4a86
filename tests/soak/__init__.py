"""The long forms of tests that the gate runs in their short ones."""
