"""The use cases: one transaction each. They know neither Flask nor any adapter."""
