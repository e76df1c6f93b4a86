"""The tables, a file each. Importing this package makes every table known to the migrations."""

from app.models.account_token import AccountToken
from app.models.book import Book
from app.models.import_run import ImportRun
from app.models.outbox_mail import OutboxMail
from app.models.periodic_job import PeriodicJob
from app.models.search_index import SearchChange, SearchDelta, SearchPointer
from app.models.user import User, UserSession

__all__ = [
    "AccountToken",
    "Book",
    "ImportRun",
    "OutboxMail",
    "PeriodicJob",
    "SearchChange",
    "SearchDelta",
    "SearchPointer",
    "User",
    "UserSession",
]
