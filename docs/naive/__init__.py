"""The exchange as a first version does it, and a stage on which one and the same test plays it or the real site."""
