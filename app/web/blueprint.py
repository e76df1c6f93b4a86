"""The blueprint of the site's public face."""

from flask import Blueprint

web = Blueprint("web", __name__)
