"""What a person types, as text. Forms never ask the database."""
