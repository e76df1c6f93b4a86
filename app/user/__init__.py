"""A member's own pages."""

from flask import Blueprint

user = Blueprint("user", __name__)

from app.user import invitations, leaving, mail, personal, second_factor, sessions
