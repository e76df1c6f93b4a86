"""Who may do what: every route of the site, and what each kind of visitor gets.

A number is a status; ``login`` is the way to the login page. Gifts, sessions and drifts that addresses name are the giver's, the
drift's other party and the wish's owner is the reader; `member` is a stranger to all of them. Forms are sent empty. A route
that is missing here fails `tests/security/test_route_matrix.py`.
"""

from __future__ import annotations

ROLES = ("nobody", "giver", "reader", "member", "moderator", "admin")

TABLE = """
GET   /<any(author,series,publisher,subject):kind>/<path:name>  404     404     404     404     404     404
GET   /                                            200     200     200     200     200     200
GET   /appeal/<token>                              410     410     410     410     410     410
POST  /appeal/<token>                              410     410     410     410     410     410
GET   /book/<isbn>/detail                          200     200     200     200     200     200
GET   /book/<isbn>/not-same/<other>                login   200     200     200     200     200
POST  /book/<isbn>/not-same/<other>                401     303     303     303     303     303
GET   /book/add                                    login   200     200     200     200     200
POST  /book/add                                    401     400     400     400     400     400
GET   /book/search                                 200     200     200     200     200     200
GET   /book/search/<source>                        404     404     404     404     404     404
GET   /book/suggest                                200     200     200     200     200     200
GET   /bootstrap/static/<path:filename>            200     200     200     200     200     200
GET   /browse                                      200     200     200     200     200     200
GET   /browse/decade/<int:decade>                  404     404     404     404     404     404
GET   /browse/language/<code>                      200     200     200     200     200     200
GET   /change/email                                login   200     200     200     200     200
POST  /change/email                                401     200     200     200     200     200
GET   /change/email/<token>                        410     410     410     410     410     410
POST  /change/email/<token>                        410     410     410     410     410     410
GET   /change/password                             login   200     200     200     200     200
POST  /change/password                             401     200     200     200     200     200
POST  /confirm                                     401     200     200     200     200     200
GET   /city/<path:name>                            404     404     404     404     404     404
GET   /city/suggest                                200     200     200     200     200     200
GET   /confirm/<token>                             410     410     410     410     410     410
POST  /confirm/<token>                             410     410     410     410     410     410
GET   /cover/<isbn>                                200     200     200     200     200     200
GET   /cover/<isbn>-<any(s,m,l):size>.jpg          200     200     200     200     200     200
GET   /cover/elsewhere/<signed>                    404     404     404     404     404     404
GET   /developers                                  200     200     200     200     200     200
POST  /drift/<int:drift_id>/address                401     200     200     404     404     404
POST  /drift/<int:drift_id>/decide                 401     403     403     403     303     303
POST  /drift/<int:drift_id>/delay                  401     409     409     404     404     404
POST  /drift/<int:drift_id>/lost                   401     409     409     404     404     404
POST  /drift/<int:drift_id>/mailed                 401     303     409     404     404     404
POST  /drift/<int:drift_id>/missed                 401     409     409     404     404     404
POST  /drift/<int:drift_id>/received               401     409     409     404     404     404
POST  /drift/<int:drift_id>/reject                 401     303     409     404     404     404
POST  /drift/<int:drift_id>/returned               401     409     409     404     404     404
POST  /drift/<int:drift_id>/withdraw               401     409     303     404     404     404
GET   /drift/<int:gift_id>                         login   409     409     409     409     409
POST  /drift/<int:gift_id>                         401     409     409     409     409     409
GET   /favicon.ico                                 301     301     301     301     301     301
POST  /gifts/<int:gift_id>/resume                  401     303     404     404     404     404
POST  /gifts/<int:gift_id>/withdraw                401     303     404     404     404     404
GET   /feed/<any(author,series,publisher,subject):kind>/<path:name>  404     404     404     404     404     404
GET   /feed/city/<path:name>                       404     404     404     404     404     404
GET   /near                                        login   200     200     200     200     200
GET   /gifts/add                                   login   303     303     303     303     303
GET   /gifts/book/<isbn>                           login   200     200     200     200     200
POST  /gifts/book/<isbn>                           401     409     409     303     303     303
GET   /healthz                                     200     200     200     200     200     200
GET   /invitations                                 login   403     403     403     200     200
POST  /invitations                                 401     403     403     403     200     200
POST  /invitations/<int:invitation_id>/end         401     403     403     403     303     303
GET   /language/<code>                             303     303     303     303     303     303
GET   /login                                       200     200     200     200     200     200
POST  /login                                       200     200     200     200     200     200
GET   /login/code                                  login   login   login   login   login   login
POST  /login/code                                  login   login   login   login   login   login
POST  /logout                                      303     303     303     303     303     303
GET   /manifest.webmanifest                        200     200     200     200     200     200
GET   /moderation                                  login   403     403     403     200     200
POST  /moderation/<int:member_id>/lift             401     403     403     403     303     303
GET   /moderation/cases/<int:case_id>              login   403     403     403     200     200
POST  /moderation/cases/<int:case_id>/claim        401     403     403     403     303     303
POST  /moderation/cases/<int:case_id>/decide       401     403     403     403     303     303
POST  /moderation/cases/<int:case_id>/mend         401     403     403     403     303     303
POST  /moderation/cases/<int:case_id>/release      401     403     403     403     303     303
GET   /moderation/short-editions                   login   403     403     403     200     200
POST  /moderation/short-editions/<isbn>            401     403     403     403     400     400
GET   /moderation/works                            login   403     403     403     200     200
POST  /moderation/works                            401     403     403     403     400     400
POST  /moderation/works/<int:decision_id>/undo     401     403     403     403     400     400
POST  /moderation/works/part/<isbn>                401     403     403     403     400     400
POST  /my/address/forget                           401     303     303     303     303     303
GET   /my/beans                                    login   200     200     200     200     200
GET   /my/blocks                                   login   200     200     200     200     200
POST  /my/blocks                                   401     404     404     404     404     404
POST  /my/blocks/<int:member_id>/end               401     303     303     303     303     303
GET   /my/decisions                                login   200     200     200     200     200
POST  /my/decisions/<int:act_id>/appeal            401     303     303     303     303     303
GET   /my/gifts                                    login   200     200     200     200     200
GET   /my/holiday                                  login   200     200     200     200     200
POST  /my/holiday                                  401     400     400     400     400     400
POST  /my/holiday/end                              401     303     303     303     303     303
GET   /my/lists                                    login   200     200     200     200     200
POST  /my/lists                                    401     400     400     400     400     400
GET   /my/lists/<int:list_id>                      login   200     404     404     404     404
POST  /my/lists/<int:list_id>/forget               401     303     404     404     404     404
POST  /my/lists/<int:list_id>/offer                401     303     404     404     404     404
GET   /my/lists/<int:list_id>/rejects.csv          login   200     404     404     404     404
POST  /my/lists/<int:list_id>/restore              401     404     404     404     404     404
POST  /my/lists/<int:list_id>/rows/<int:number>    401     303     404     404     404     404
POST  /my/lists/<int:list_id>/sources              401     303     404     404     404     404
POST  /my/lists/<int:list_id>/undo                 401     303     404     404     404     404
POST  /my/lists/<int:list_id>/wish                 401     303     404     404     404     404
GET   /my/mail                                     login   200     200     200     200     200
GET   /my/reports                                  login   200     200     200     200     200
GET   /my/wish                                     login   200     200     200     200     200
GET   /notices                                     login   200     200     200     200     200
POST  /notices/read                                401     303     303     303     303     303
GET   /opensearch.xml                              200     200     200     200     200     200
GET   /pending                                     login   200     200     200     200     200
GET   /personal                                    login   200     200     200     200     200
GET   /personal/city                               login   200     200     200     200     200
POST  /personal/city                               401     400     400     400     400     400
POST  /personal/city/forget                        401     303     303     303     303     303
GET   /personal/delete                             login   200     200     200     200     200
POST  /personal/delete                             401     200     200     200     200     200
GET   /personal/export                             login   200     200     200     200     200
GET   /personal/profile                            login   200     200     200     200     200
POST  /personal/profile                            401     200     200     200     200     200
GET   /personal/second-factor                      login   200     200     200     200     200
POST  /personal/second-factor/begin                401     200     200     200     200     200
POST  /personal/second-factor/codes                401     200     200     200     200     200
POST  /personal/second-factor/off                  401     200     200     200     200     200
POST  /personal/second-factor/on                   401     200     200     200     200     200
GET   /personal/sessions                           login   200     200     200     200     200
POST  /personal/sessions/<int:session_id>/end      401     303     404     404     404     404
POST  /personal/sessions/end                       401     303     303     303     303     303
GET   /privacy                                     200     200     200     200     200     200
GET   /readyz                                      200     200     200     200     200     200
GET   /recent.atom                                 200     200     200     200     200     200
GET   /register                                    200     200     200     200     200     200
POST  /register                                    200     200     200     200     200     200
GET   /report/<any(gift,member,facts,message):kind>/<path:subject>  login   200     200     200     200     200
POST  /report/<any(gift,member,facts,message):kind>/<path:subject>  401     400     400     400     400     400
GET   /reset/password                              200     200     200     200     200     200
POST  /reset/password                              200     200     200     200     200     200
GET   /reset/password/<token>                      410     410     410     410     410     410
POST  /reset/password/<token>                      410     410     410     410     410     410
GET   /robots.txt                                  200     200     200     200     200     200
GET   /rules                                       200     200     200     200     200     200
POST  /satisfy/wish/<int:wish_id>                  401     303     404     409     409     409
GET   /sitemap.xml                                 200     200     200     200     200     200
GET   /sitemap/cities.xml                          200     200     200     200     200     200
GET   /sitemap/books.xml                           200     200     200     200     200     200
GET   /sitemap/books-<int:part>.xml            200     200     200     200     200     200
GET   /sitemap/names-<int:part>.xml            404     404     404     404     404     404
GET   /static/<path:filename>                      200     200     200     200     200     200
GET   /terms                                       200     200     200     200     200     200
GET   /wish/add                                    login   303     303     303     303     303
POST  /wish/<int:wish_id>/scope                    401     303     303     303     303     303
POST  /wish/book/<isbn>                            401     409     409     303     303     303
POST  /wish/book/<isbn>/withdraw                   401     404     303     404     404     404
"""


def rows() -> dict[str, tuple[str, ...]]:
    """Return the table: what each role gets, by method and rule."""
    found: dict[str, tuple[str, ...]] = {}
    for line in TABLE.strip().splitlines():
        method, rule, *cells = line.split()
        name = f"{method} {rule}"
        assert name not in found, f"{name} stands twice"
        assert len(cells) == len(ROLES), line
        found[name] = tuple(cells)
    return found
