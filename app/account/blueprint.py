"""The blueprint of signing up, logging in and out."""

from flask import Blueprint

account = Blueprint("account", __name__)
