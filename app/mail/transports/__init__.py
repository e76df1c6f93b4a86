"""Ways for a letter to leave the house: one port, three adapters, one contract test for all."""
