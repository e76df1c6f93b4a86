"""The blueprint of a member's own pages."""

from flask import Blueprint

user = Blueprint("user", __name__)
