"""Becoming a member, coming in and going out."""

from flask import Blueprint

account = Blueprint("account", __name__)
