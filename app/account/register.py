"""Become a member, and confirm an address by the link in a mail. Opening the link changes nothing: mail scanners open links, too."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.account.blueprint import account
from app.container import container
from app.domain.account import InvitationInvalid, PasswordTooCommon
from app.domain.characters import isolated
from app.domain.nickname import NicknameReserved, NicknameTaken
from app.forms.account import ConfirmForm, RegisterForm
from app.http.auth import login_required
from app.http.flashing import mail_sent
from app.http.limits import limited, typed_address


@account.route("/register", methods=["GET", "POST"])
@limited("SIGNUP", person=typed_address, counts=lambda _response: bool(g.get("has_tried_to_sign_up")))
def register() -> ResponseReturnValue:
    """Make an account, and say that a mail is on its way: the same for a known address."""
    form = RegisterForm(invitation=request.args.get("invitation", ""))
    if form.validate_on_submit():
        try:
            container.members.registration.register(
                email=form.email.data or "",
                nickname=form.nickname.data or "",
                password=form.password.data or "",
                language=g.language,
                invitation=form.invitation.data or "",
            )
        except (NicknameTaken, NicknameReserved) as refusal:
            form.nickname.errors = [refusal.message(g.language)]
        except PasswordTooCommon as refusal:
            form.password.errors = [refusal.message(g.language)]
        except InvitationInvalid as refusal:
            g.has_tried_to_sign_up = True
            form.invitation.errors = [refusal.message(g.language)]
        else:
            g.has_tried_to_sign_up = True
            if not form.invitation.data:
                return mail_sent(form.email.data or "")
            flash(_("账号好了，请登录。"), "success")
            return redirect(url_for("account.login"), 303)
    return render_template("account/register.html", form=form)


@account.get("/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Show the button."""
    container.members.account_tokens.find("confirm", token)
    return render_template("account/confirm.html", form=ConfirmForm())


@account.post("/confirm/<token>")
def confirm_now(token: str) -> ResponseReturnValue:
    """Confirm the address; works without a login."""
    confirmed = container.members.registration.confirm(token)
    flash(_("邮箱确认好了，现在可以送书和求书了。"), "success")
    if confirmed.renamed:
        flash(
            _("你选的昵称在这期间有人用了，先叫你“%(nickname)s”，登录后可以改。", nickname=isolated(confirmed.renamed)),
            "warning",
        )
    return redirect("/", 303)


@account.post("/confirm")
@limited("RESET")
@login_required
def confirm_again() -> ResponseReturnValue:
    """Post the confirmation once more to a member who waits for it."""
    container.members.registration.post_confirmation(g.user.id)
    return mail_sent(g.user.email)
