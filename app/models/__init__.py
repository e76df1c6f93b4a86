"""The tables, a file each. Importing this package makes every table known to the migrations."""

from app.models.account_token import AccountToken
from app.models.bean import BeanBalance, BeanDebt, BeanTransfer
from app.models.book import Book, BookAlias
from app.models.book_list import BookList, BookListRow
from app.models.drift import Drift, DriftAddress, DriftEvent
from app.models.enrichment import Enrichment
from app.models.gift import Gift, GiftAnnouncement
from app.models.import_run import ImportRun
from app.models.invitation import Invitation
from app.models.mark import Mark, MemberMark, SiteSecret
from app.models.moderator_act import ModeratorAct
from app.models.notice import Notice
from app.models.open_listing import OpenListing
from app.models.outbox_mail import OutboxMail
from app.models.periodic_job import PeriodicJob
from app.models.saved_address import SavedAddress
from app.models.search_index import SearchChange, SearchPointer
from app.models.second_factor import RecoveryCode, SecondFactor
from app.models.site_count import SiteCount
from app.models.use_case import Pace, UseCase
from app.models.user import User, UserSession
from app.models.wish import Wish

__all__ = [
    "AccountToken",
    "BeanBalance",
    "BeanDebt",
    "BeanTransfer",
    "Book",
    "BookAlias",
    "BookList",
    "BookListRow",
    "Drift",
    "DriftAddress",
    "DriftEvent",
    "Enrichment",
    "Gift",
    "GiftAnnouncement",
    "ImportRun",
    "Invitation",
    "Mark",
    "MemberMark",
    "ModeratorAct",
    "Notice",
    "OpenListing",
    "OutboxMail",
    "Pace",
    "PeriodicJob",
    "RecoveryCode",
    "SavedAddress",
    "SearchChange",
    "SearchPointer",
    "SecondFactor",
    "SiteCount",
    "SiteSecret",
    "UseCase",
    "User",
    "UserSession",
    "Wish",
]
