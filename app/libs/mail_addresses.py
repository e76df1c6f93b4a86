"""Mail addresses: which can be written to, and in which one form they are kept."""

from __future__ import annotations

import email_validator
from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254
# A school's own network may be called .local or .test: whether a name can be reached is for the mail server to find out.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def normal_address(text: str) -> str | None:
    """Give an address in the form in which it is kept, or None for what is none; nothing is asked of the net.

    The domain is in lower case and in its own script. Names of a school's network, without a dot, are accepted; letters
    beyond ASCII before the ``@`` are not, because most mail servers refuse them.
    """
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return found.normalized if len(found.normalized) <= MAX_LENGTH else None
