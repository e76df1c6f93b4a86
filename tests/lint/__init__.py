"""`pipenv run lint`: every static check of the project, those of tools and those of our own."""
