"""Names that stand unused in the program for a reason. A line whose name is used again must go; the check says so."""

from typing import Final

ALLOWED: Final = {
    # called by a library, by the name
    "ConnectionCls": "urllib3: the class of a pool's connections",
    "STORAGE_SCHEME": "limits: the scheme under which a store registers itself",
    "_new_conn": "urllib3: opens a connection",
    "bind_field": "WTForms: binds a field to its form",
    "decorators": "Flask: the decorators of a class-based view",
    "domain_instance": "Flask-Babel: the translations of an app",
    "form_data_parser_class": "Werkzeug: the parser of a request's form",
    "get_translations": "Flask-Babel: the translations of a language",
    "make_globals": "Jinja: the globals of a template",
    "regex": "Werkzeug: what a converter matches",
    # called by the endpoint's name in the rules of /v2
    "annotations": "/v2",
    "by_id": "/v2",
    "openapi": "/v2",
    "reviews": "/v2",
    # what the program offers to those who look at it from outside
    "create_datetime": "the course's: the time of a row as a moment",
    "leased": "how many connections are out: what a test of every page asks at its end",
    "postponed": "a count that is raised by the name of its outcome",
    "CatalogueName": "the model of a table that is written by hand-written SQL",
    "NameRound": "as above",
    "WorkNeighbour": "as above",
    "ran_at": "a column of the table of jobs that operators look at",
    "sent_to": "the mails of the transport that keeps them in memory, for tests",
    "snapshot": "the counts of events of this process",
}
