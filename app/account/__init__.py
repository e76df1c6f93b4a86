"""Becoming a member, coming in and going out."""

from app.account import login, password, register
from app.account.blueprint import account

__all__ = ["account"]
