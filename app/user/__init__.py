"""A member's own pages."""

from flask import Blueprint

user = Blueprint("user", __name__)

from app.user import mail, personal, sessions
