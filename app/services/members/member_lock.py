"""Keep a password that was checked true until what it was checked for is written."""

from __future__ import annotations

from app.libs.passwords import password_mark
from app.models.user import User


def lock_member(user_id: int, *, mark: str) -> User | None:
    """Lock a member's row until the transaction ends, and return it.

    Hashing takes too long for a transaction, so a password is checked before one begins. Whoever changes it holds the
    same lock: either they see what this transaction writes, or this one sees that the password is another.

    :param mark: of the password that was checked, see `password_mark`.
    :return: None when the password was changed since, or the member left or was disabled.
    """
    query = User.query.filter_by(id=user_id, disabled_at=None).populate_existing().with_for_update()
    user: User | None = query.one_or_none()
    return user if user is not None and password_mark(user.password_hash) == mark else None
