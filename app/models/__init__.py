"""The tables, a file for each group of them. Importing this package makes every table known to the migrations."""

from app.models.bean import BeanBalance, BeanDebt, BeanTransfer
from app.models.book import (
    Book,
    BookAlias,
    Enrichment,
    ImportRun,
    ShortEdition,
    WorkDecision,
    WorkOverride,
)
from app.models.book_list import BookList, BookListRow
from app.models.browse import BrowseCount
from app.models.drift import Drift, DriftAddress, DriftEvent, ModeratorAct, SavedAddress
from app.models.gift import Gift, GiftAnnouncement, OpenListing, Wish, WishedWork
from app.models.holiday import Holiday
from app.models.member_block import MemberBlock
from app.models.message import Notice, OutboxMail
from app.models.moderation import ModerationCase, Report
from app.models.operation import PeriodicJob, SiteCount, Throttle, UseCaseDone
from app.models.search_index import SearchChange, SearchPointer
from app.models.user import (
    AccountToken,
    Invitation,
    Mark,
    MemberMark,
    RecoveryCode,
    SecondFactor,
    ShownCity,
    SiteSecret,
    User,
    UserSession,
)

__all__ = [
    "AccountToken",
    "BeanBalance",
    "BeanDebt",
    "BeanTransfer",
    "Book",
    "BookAlias",
    "BookList",
    "BookListRow",
    "BrowseCount",
    "Drift",
    "DriftAddress",
    "DriftEvent",
    "Enrichment",
    "Gift",
    "GiftAnnouncement",
    "Holiday",
    "ImportRun",
    "Invitation",
    "Mark",
    "MemberBlock",
    "MemberMark",
    "ModerationCase",
    "ModeratorAct",
    "Notice",
    "OpenListing",
    "OutboxMail",
    "PeriodicJob",
    "RecoveryCode",
    "Report",
    "SavedAddress",
    "SearchChange",
    "SearchPointer",
    "SecondFactor",
    "ShownCity",
    "SiteCount",
    "SiteSecret",
    "Throttle",
    "UseCaseDone",
    "User",
    "UserSession",
    "Wish",
    "WishedWork",
    "WorkDecision",
    "WorkOverride",
]
