"""A member's own pages."""

from flask import Blueprint

user = Blueprint("user", __name__)

from app.user import beans, book_lists, invitations, leaving, mail, notices, personal, second_factor, sessions
