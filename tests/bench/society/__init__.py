"""A simulated society on the real services: a site, its clock, and actors who live on it day by day."""
