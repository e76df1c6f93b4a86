"""Keys that the first start makes: random, outside the database, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path


def stored_secret_key(data_dir: Path) -> tuple[str, str]:
    """Return the session key of this data folder, made at first use, and the file it lies in."""
    file = data_dir / "secret_key"
    return _read_or_make(file, lambda: secrets.token_urlsafe(48)), str(file)


def stored_address_key(data_dir: Path) -> tuple[tuple[str, ...], str]:
    """Return the address keys of this data folder (one line each, newest first), and the file they lie in."""
    file = data_dir / "address_keys"
    stored = _read_or_make(file, lambda: urlsafe_b64encode(os.urandom(32)).decode())
    return tuple(stored.split()), str(file)


def _read_or_make(file: Path, make: Callable[[], str]) -> str:
    """Read a key file; the first of several processes that start at once makes it, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            out.write(make() + "\n")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text().strip()
