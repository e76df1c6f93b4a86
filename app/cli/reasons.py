"""The reason of a decision at the terminal, checked as the moderators' forms check theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from app.domain.characters import cleaned, skeleton
from app.domain.moderation import REASON_LENGTH

Command = TypeVar("Command", bound=Callable[..., Any])


def reason_option(read_by: str) -> Callable[[Command], Command]:
    """Make the option ``--reason`` of a command.

    :param read_by: its help, which says who reads it.
    """
    return click.option("--reason", required=True, callback=_checked, help=read_by)


def _checked(_context: click.Context, _option: click.Parameter, said: str) -> str:
    text = " ".join(cleaned(said).split())
    if not 0 < len(text) <= REASON_LENGTH or not skeleton(text):
        raise click.BadParameter(f"1 to {REASON_LENGTH} characters, please")
    return text
