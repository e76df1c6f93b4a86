"""The personal page, what a member changes about themselves, how they take their data along, and how they leave."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import Response, flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from flask_babel import gettext as _

from app.container import container
from app.domain.account import WrongPassword
from app.domain.nickname import NicknameReserved, NicknameTaken
from app.forms.account import ChangeEmailForm, ConfirmForm, PasswordForm, ProfileForm
from app.http.auth import forget_member, login_required
from app.http.cookies import remember_language
from app.http.flashing import mail_sent
from app.http.guesses import guess_limited
from app.http.limits import limited
from app.http.logs import note, note_refused
from app.user.blueprint import user


@user.get("/personal")
@login_required
def personal() -> str:
    """Show who one is here, and lead to everything that is one's own."""
    return render_template("user/personal.html")


class ProfileView(MethodView):
    """Nickname, language and mail wishes."""

    decorators: ClassVar[list[Any]] = [login_required]

    def get(self) -> str:
        """Show them in a form."""
        return render_template("user/profile.html", form=ProfileForm(obj=g.user))

    def post(self) -> ResponseReturnValue:
        """Change them, or show what is wrong with the form."""
        form = ProfileForm(obj=g.user)
        if form.validate() and self._change(form):
            flash(_("改好了。"), "success")
            response = redirect(url_for("user.personal"), 303)
            remember_language(response, form.language.data)
            return response
        return render_template("user/profile.html", form=form)

    @staticmethod
    def _change(form: ProfileForm) -> bool:
        try:
            container.members.profiles.change(
                g.user.id,
                nickname=form.nickname.data or "",
                language=form.language.data,
                wants_mail=form.wants_mail.data,
            )
        except (NicknameTaken, NicknameReserved) as refusal:
            form.nickname.errors = [refusal.message(g.language)]
            return False
        return True


user.add_url_rule("/personal/profile", view_func=ProfileView.as_view("profile"))


@user.route("/change/email", methods=["GET", "POST"])
@guess_limited()
@limited("SIGNUP", counts=lambda _response: bool(g.get("has_asked_for_email")))
@login_required
def change_email() -> ResponseReturnValue:
    """Ask for another address: the password again, then a link to the new address, a word to the old."""
    form = ChangeEmailForm()
    if form.validate_on_submit():
        try:
            container.members.accounts.act_with_password(
                g.user.id,
                form.password.data or "",
                lambda: container.members.profiles.ask_for_email(g.user.id, form.email.data or ""),
            )
        except WrongPassword as refusal:
            g.was_wrong_guess = True
            note_refused("password")
            form.password.errors = [refusal.message(g.language)]
        else:
            g.has_asked_for_email = True
            note("new address asked for")
            return mail_sent(form.email.data or "")
    return render_template("user/change_email.html", form=form)


@user.get("/change/email/<token>")
def confirm_email(token: str) -> str:
    """Show the button that puts the new address in place."""
    container.members.account_tokens.find("email", token)
    return render_template("account/confirm.html", form=ConfirmForm())


@user.post("/change/email/<token>")
def confirm_email_now(token: str) -> ResponseReturnValue:
    """Put the new address in place; works without a login."""
    container.members.profiles.change_email(token)
    flash(_("邮箱换好了。"), "success")
    return redirect("/", 303)


@user.get("/personal/export")
@login_required
def export() -> Response:
    """Return a zip of everything about the member who asks."""
    note("data exported")
    day = container.core.clock.now().date().isoformat()
    response = Response(container.operations.export.zipped(g.user.id), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="yushu-{day}.zip"'
    return response


@user.route("/personal/delete", methods=["GET", "POST"])
@guess_limited()
@login_required
def delete_account() -> ResponseReturnValue:
    """Delete the account, after the password."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            member: int = g.user.id
            container.members.accounts.act_with_password(
                member, form.password.data or "", lambda: container.members.leaving.delete(member)
            )
        except WrongPassword as refusal:
            g.was_wrong_guess = True
            note_refused("password")
            form.password.errors = [refusal.message(g.language)]
        else:
            session.clear()
            forget_member()
            flash(_("账号注销了，你的个人信息已经抹掉。谢谢你来过。"), "success")
            return redirect("/", 303)
    return render_template("user/delete_account.html", form=form)
