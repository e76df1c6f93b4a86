"""Becoming a member, coming in and going out."""

from flask import Blueprint

account = Blueprint("account", __name__)

from app.account import confirm, login, password, register
