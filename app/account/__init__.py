"""Becoming a member, coming in and going out."""

from app.account import appeal, login, password, register
from app.account.blueprint import account

__all__ = ["account"]
