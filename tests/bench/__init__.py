"""Measurements, run with `pipenv run bench`; never part of the tests."""
