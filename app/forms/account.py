"""Forms of an account. The names of the fields are part of the interface: scripts rely on them."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from app.forms.base import Form

PASSWORD_LENGTH = Length(8, 128, message=_("密码要 8 到 128 个字符。"))


class EmailAddress:
    """Accept what can be written to; nothing is asked of the net."""

    def __call__(self, _form: Form, field: EmailField) -> None:
        """Refuse a malformed address."""
        try:
            validate_email(field.data or "", check_deliverability=False)
        except EmailNotValidError:
            raise ValidationError(_("这个邮箱地址不太对，请再看看。")) from None


def trimmed(text: str | None) -> str | None:
    """Drop spaces at both ends."""
    return text.strip() if text else text


def _email() -> EmailField:
    return EmailField(
        _("邮箱"),
        filters=[trimmed],
        validators=[
            InputRequired(_("请写下邮箱。")),
            Length(max=254, message=_("邮箱最多 254 个字符。")),
            EmailAddress(),
        ],
    )


def _nickname() -> StringField:
    return StringField(
        _("昵称"),
        filters=[trimmed],
        validators=[InputRequired(_("请起一个昵称。")), Length(2, 10, message=_("昵称要 2 到 10 个字符。"))],
    )


class RegisterForm(Form):
    """Become a member."""

    email = _email()
    nickname = _nickname()
    password = PasswordField(_("密码"), validators=[InputRequired(_("请设一个密码。")), PASSWORD_LENGTH])


class LoginForm(Form):
    """Come in."""

    email = EmailField(_("邮箱"), filters=[trimmed], validators=[InputRequired(_("请写下邮箱。")), Length(max=254)])
    password = PasswordField(_("密码"), validators=[InputRequired(_("请写下密码。")), Length(max=128)])


class EmailForm(Form):
    """Ask for a link to reset the password."""

    email = _email()


class NewPasswordForm(Form):
    """Set a new password."""

    password1 = PasswordField(_("新密码"), validators=[InputRequired(_("请设一个密码。")), PASSWORD_LENGTH])
    password2 = PasswordField(
        _("再写一遍"),
        validators=[InputRequired(_("请再写一遍新密码。")), EqualTo("password1", message=_("两次写的密码不一样。"))],
    )


class ChangePasswordForm(NewPasswordForm):
    """Change the password, knowing the old one."""

    old_password = PasswordField(_("现在的密码"), validators=[InputRequired(_("请写下现在的密码。")), Length(max=128)])


class ConfirmForm(Form):
    """A button and its token."""


class ProfileForm(Form):
    """What others see, and how the site speaks to one."""

    nickname = _nickname()
    language = SelectField(_("语言"), choices=[SelectChoice("zh", "中文"), SelectChoice("en", "English")])
    wants_mail = BooleanField(_("有人求书、送书时写信告诉我"))


class ChangeEmailForm(Form):
    """Change the address, with the password once more."""

    email = _email()
    password = PasswordField(_("现在的密码"), validators=[InputRequired(_("请写下现在的密码。")), Length(max=128)])
