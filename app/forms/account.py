"""Forms of an account. The names of the fields are part of the interface: scripts rely on them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, IntegerField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import EqualTo, InputRequired, Length, Optional, ValidationError

from app.domain.account import MAX_DAYS, MAX_PLACES, PASSWORD_LENGTHS
from app.domain.nickname import is_nickname, is_nickname_width, nickname_width, normal_nickname
from app.forms.base import Form, NumberRange
from app.libs.mail_addresses import normal_address

PASSWORD_LENGTH = Length(*PASSWORD_LENGTHS, message=_("密码要 8 到 128 个字符。"))


class EmailAddress:
    """Accept what can be written to, and keep it in its normal form."""

    def __call__(self, _form: Form, field: EmailField) -> None:
        """Refuse a malformed address."""
        address = normal_address(field.data or "")
        if address is None:
            raise ValidationError(_("这个邮箱地址不太对，请再看看。"))
        field.data = address


class Nickname:
    """Accept what can be a nickname, and what the member is called already."""

    def __call__(self, _form: Form, field: StringField) -> None:
        """Refuse what is too short, too long, cannot be seen, or would break an address."""
        typed = field.data or ""
        if typed == field.object_data:
            return
        if not is_nickname_width(typed):
            width = nickname_width(typed)
            raise ValidationError(_("昵称要 2 到 20 个字符宽，一个汉字算两个；现在是 %(width)s 个。", width=width))
        if not is_nickname(typed):
            raise ValidationError(_("昵称里要有字，不能有斜线、空白或看不见的字符，也不能叠很多附加符号。"))


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
        filters=[lambda typed: typed and normal_nickname(typed)],
        validators=[InputRequired(_("请起一个昵称。")), Nickname()],
    )


def _own_password() -> PasswordField:
    return PasswordField(_("现在的密码"), validators=[InputRequired(_("请写下现在的密码。")), Length(max=128)])


def _code() -> StringField:
    return StringField(_("验证码"), filters=[trimmed], validators=[InputRequired(_("请写下验证码。")), Length(max=40)])


class RegisterForm(Form):
    """Become a member."""

    email = _email()
    nickname = _nickname()
    password = PasswordField(_("密码"), validators=[InputRequired(_("请设一个密码。")), PASSWORD_LENGTH])
    invitation = StringField(_("邀请码"), filters=[trimmed], validators=[Optional(), Length(max=40)])


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

    old_password = _own_password()


class ConfirmForm(Form):
    """A button and its token."""


class ProfileForm(Form):
    """What others see, and how the site speaks to one."""

    nickname = _nickname()
    language = SelectField(_("语言"), choices=[SelectChoice("zh", "中文"), SelectChoice("en", "English")])
    wants_mail = BooleanField(_("有人求书、送书时写信告诉我"))


class CityForm(Form):
    """A member's city, one of those that were found, and whether others see it."""

    city = RadioField(
        _("是这一座吗？"),
        coerce=int,
        validate_choice=False,
        validators=[InputRequired(_("请从列出来的里面选一座城市。"))],
    )
    shown = BooleanField(_("让大家看到我的城市"))

    def offer(self, cities: Sequence[tuple[int, str]]) -> None:
        """Set what can be chosen: numbers and labels."""
        self.city.choices = [SelectChoice(value=number, label=label) for number, label in cities]


class ChangeEmailForm(Form):
    """Change the address, with the password once more."""

    email = _email()
    password = _own_password()


class PasswordForm(Form):
    """The password once more, before something that a thief of the session must not do."""

    password = _own_password()


class CodeForm(Form):
    """A number from the phone, or a recovery code."""

    code = _code()


class InvitationForm(Form):
    """A new invitation code."""

    places = IntegerField(
        _("几个人用"),
        default=30,
        validators=[
            InputRequired(_("请写下人数。")),
            NumberRange(1, MAX_PLACES, message=_("人数要在 1 到 200 之间。")),
        ],
    )
    days = IntegerField(
        _("有效几天"),
        default=14,
        validators=[
            InputRequired(_("请写下天数。")),
            NumberRange(1, MAX_DAYS, message=_("天数要在 1 到 90 之间。")),
        ],
    )
    note = StringField(_("备注"), filters=[trimmed], validators=[Length(max=60, message=_("备注最多 60 个字符。"))])
