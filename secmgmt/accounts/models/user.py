"""The user: at most one administrator role by construction, positions for everything else."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.core.validators import EmailValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from secmgmt.core.clock import today
from secmgmt.core.crypto import EncryptedCharField
from secmgmt.core.models import Record, ScopedQuerySet
from secmgmt.core.permissions import Grant

from .. import roles

SHOWN_OF_POSITION = ("user", "valid_until", "permission__codename", "content_object__path", "content_object__name")


class UserManager(BaseUserManager.from_queryset(ScopedQuerySet)):
    """Users by their normalized names."""

    def get_by_natural_key(self, username: str) -> User:
        """Case and width of the letters do not make another user."""
        return self.get(username=normalize_username(username))


def normalize_username(username: str) -> str:
    """One spelling for one name: NFKC, lower case."""
    return unicodedata.normalize("NFKC", username or "").strip().lower()


class User(AbstractBaseUser, Record):
    """A person who signs in. ``admin_role`` is one column: nobody can hold two of the three (8.1.4.2 d)."""

    class AdminRole(models.TextChoices):
        """The three separated administrators."""

        NONE = "", _("无")
        SYSTEM = roles.SYSTEM_ADMIN.code, _("系统管理员")
        SECURITY = roles.SECURITY_ADMIN.code, _("安全管理员")
        AUDIT = roles.AUDIT_ADMIN.code, _("审计管理员")

    scope_path: ClassVar[str] = ""
    audit_exclude: ClassVar[frozenset[str]] = frozenset(
        {"password", "phone", "email", "last_login", "session_epoch", "totp_step"}
    )

    username = models.CharField(
        _("账号"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z0-9][a-z0-9._-]{2,39}$", _("账号用 3–40 位小写字母、数字、点、横线或下划线。")
            )
        ],
    )
    name = models.CharField(_("姓名"), max_length=40)
    email = EncryptedCharField(_("邮箱"), max_length=120, blank=True, validators=[EmailValidator()])
    phone = EncryptedCharField(
        _("手机"),
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^\+?[0-9][0-9 -]{5,18}$", _("电话只含数字、空格、横线，可以 + 开头。"))],
    )
    unit = models.ForeignKey(
        "accounts.OrgUnit", verbose_name=_("所在单位"), null=True, on_delete=models.PROTECT
    )
    title = models.CharField(_("职务"), max_length=60, blank=True)
    admin_role = models.CharField(
        _("管理员"), max_length=16, choices=AdminRole.choices, default="", blank=True, editable=False
    )
    is_active = models.BooleanField(_("启用"), default=True, editable=False)
    expires_on = models.DateField(_("账户有效期至"), null=True, blank=True)
    must_change_password = models.BooleanField(_("须改口令"), default=True, editable=False)
    password_changed_at = models.DateTimeField(_("改口令时间"), null=True, editable=False)
    disabled_reason = models.CharField(_("停用原因"), max_length=200, blank=True, editable=False)
    enabled_at = models.DateTimeField(_("启用时间"), null=True, editable=False)
    # Part of every session's digest: adding one ends them all (second factor changed, rights withdrawn).
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    # The time step of the last accepted TOTP code; a code of this or an earlier step is a replay.
    totp_step = models.BigIntegerField(default=0, editable=False)
    shortcuts_on = models.BooleanField(_("启用快捷键"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    is_staff = False
    is_superuser = False

    objects = UserManager()

    class Meta:
        verbose_name = _("用户")
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="username_once_whatever_the_case"),
            models.CheckConstraint(
                condition=models.Q(admin_role__in=["", *(role.code for role in roles.ADMIN_ROLES)]),
                name="admin_role_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def clean(self) -> None:
        self.username = normalize_username(self.username)
        super().clean()

    @property
    def display_name(self) -> str:
        """The name on the page's frame."""
        return str(self)

    @property
    def audit_name(self) -> str:
        """Name and account as frozen into the trail."""
        return f"{self.name}({self.username})"

    @property
    def unit_line(self) -> str:
        """Unit and roles in one line, for the frame and the trail."""
        if self.admin_role:
            return str(self.get_admin_role_display())
        labels = list(dict.fromkeys(position.role_label for position in self.current_positions()))
        unit = self.unit.short_name or self.unit.name if self.unit else ""
        return " · ".join(part for part in (unit, "、".join(labels)) if part)

    def current_positions(self) -> list[Any]:
        """The positions valid today, loaded once per user instance."""
        if not hasattr(self, "_positions"):
            held = self.position_set.valid_on(today()).select_related("content_object", "permission")
            self._positions = list(held.only(*SHOWN_OF_POSITION))  # read with every request
        return self._positions

    def grants(self) -> tuple[Grant, ...]:
        """What the user holds now; an administrator holds only his administrator's role, at the root."""
        if self.admin_role:
            return (Grant(self.admin_role, "/"),)
        return tuple(Grant(p.permission.codename, p.content_object.path) for p in self.current_positions())

    def forget_grants(self) -> None:
        """Drop the loaded positions after a change."""
        self.__dict__.pop("_positions", None)
        self.__dict__.pop("_few_units", None)

    @property
    def needs_second_factor(self) -> bool:
        """Administrators and those who approve sign in with two factors (8.1.4.1 d)."""
        held = {grant.role for grant in self.grants()}
        return any(
            role.second_factor and role.code in held for role in roles.BUSINESS_ROLES + roles.ADMIN_ROLES
        )

    @property
    def is_expired(self) -> bool:
        """Whether the account's own term is over."""
        return self.expires_on is not None and self.expires_on < today()

    def check_password(self, raw_password: str) -> bool:
        """Whether it is the password. The stored form is renewed at signing in only: that would end this session."""
        return check_password(raw_password, self.password)

    def set_password(self, raw_password: str | None) -> None:
        """No path stores an empty password; None makes the account unusable until a password is set."""
        if raw_password == "":
            raise ValueError("an empty password is not stored")
        super().set_password(raw_password)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session ends when the password or ``session_epoch`` changes."""
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("secmgmt.accounts.session", value, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used; every check goes through core.permissions."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """See ``has_perm``."""
        return False
