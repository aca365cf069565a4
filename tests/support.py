"""The cast: a small city whose people the tests know by name, and plain factories.

city 颍川市 ─ health 市卫生健康委 ─ hospital 市中心医院
            ├ data 市数据局 (runs the platform others are hosted on)
            ├ education 市教育局
            └ county 东湖县 ─ county_health 东湖县卫健委
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from secmgmt.accounts import sessions
from secmgmt.accounts.models import OrgUnit, Position, User
from secmgmt.core.clock import now

PASSWORD = "Lotus#2026-pond"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # everybody's authenticator in the tests
_numbers = itertools.count(1)


def make_unit(name: str, parent: OrgUnit | None = None, **values: Any) -> OrgUnit:
    """A unit under ``parent`` with its path."""
    at = now()
    unit = OrgUnit(name=name, parent=parent, created_at=at, updated_at=at, **values)
    unit.save()
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


def make_user(username: str = "", *, unit: OrgUnit | None = None, admin_role: str = "", **values: Any) -> User:
    """An active user whose password is PASSWORD and needs no change."""
    at = now()
    username = username or f"user{next(_numbers)}"
    user = User(
        username=username,
        name=values.pop("name", username),
        unit=unit,
        admin_role=admin_role,
        created_at=at,
        updated_at=at,
        must_change_password=False,
        password_changed_at=at,
        **values,
    )
    user.set_password(PASSWORD)
    user.save()
    return user


def make_position(user: User, unit: OrgUnit, role: str, **values: Any) -> Position:
    """``role`` (``act_as_…``) held by ``user`` over ``unit``."""
    at = now()
    permission = Permission.objects.get(
        codename=role, content_type=ContentType.objects.get_for_model(OrgUnit)
    )
    values.setdefault("valid_from", dt.date(2020, 1, 1))
    position = Position(user=user, content_object=unit, permission=permission, created_at=at, updated_at=at, **values)
    position.save()
    user.forget_grants()
    return position


def enrol(user: User) -> Authenticator:
    """Give ``user`` the authenticator whose seed is SEED."""
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(SEED)}
    )


def totp_code(offset: int = 0, seed: str = SEED) -> str:
    """The code of now, or of ``offset`` steps of 30 seconds from now."""
    return format_hotp_value(hotp_value(seed, int(now().timestamp()) // 30 + offset))


def login(client: Client, user: User, password: str = PASSWORD) -> Any:
    """Sign in as a person does: the form, then the code where there is an authenticator; the last response."""
    client.logout()
    response = client.post(reverse("account_login"), {"login": user.username, "password": password})
    if response.status_code == 302 and response["Location"].startswith(reverse("mfa_authenticate")):
        User.objects.filter(pk=user.pk).update(totp_step=0)  # another sign-in within the same 30 seconds
        response = client.post(reverse("mfa_authenticate"), {"code": totp_code()})
    return response


class CastClient(Client):
    """A client whose ``force_login`` leaves what a whole sign-in leaves: the mark of the second factor."""

    def force_login(self, user: User, backend: str | None = None) -> None:
        """Sign in without the forms."""
        super().force_login(user, backend)
        session = self.session
        session[sessions.FACTOR] = user.pk
        session.save()


# username → (name, unit key, role, …); one person, one role, except where a test says otherwise
PEOPLE = {
    "lin": ("林予安", "health", "act_as_owner"),
    "zhou": ("周砚", "health", "act_as_unit_lead"),
    "tang": ("唐若溪", "health", "act_as_unit_head"),
    "he": ("何嘉木", "hospital", "act_as_owner"),
    "su": ("苏晚晴", "education", "act_as_owner"),
    "wei": ("魏明远", "education", "act_as_unit_lead"),
    "qin": ("秦川", "data", "act_as_owner"),
    "luo": ("罗知秋", "data", "act_as_unit_lead"),
    "gao": ("高远", "city", "act_as_leader"),
    "shen": ("沈清", "city", "act_as_inspector"),
    "ye": ("叶知行", "city", "act_as_authority"),
    "fang": ("方正", "city", "act_as_filing_officer"),
    "xu": ("许望", "city", "act_as_expert"),
    "pan": ("潘序", "city", "act_as_rules_keeper"),
    "duan": ("段小满", "county_health", "act_as_owner"),
}
ADMINISTRATORS = {"sysadmin": "system_admin", "secadmin": "security_admin", "auditor": "audit_admin"}


class City:
    """The units and people of the tests, as attributes: ``city.lin``, ``city.health``; ``city.root`` is the city."""

    def __init__(self) -> None:
        self.root = make_unit("颍川市", kind="city")
        self.health = make_unit("市卫生健康委", self.root, kind="bureau", short_name="市卫健委")
        self.hospital = make_unit("市中心医院", self.health)
        self.education = make_unit("市教育局", self.root, kind="bureau")
        self.data = make_unit("市数据局", self.root, kind="bureau")
        self.county = make_unit("东湖县", self.root, kind="county")
        self.county_health = make_unit("东湖县卫健委", self.county)
        for username, (name, unit_key, role) in PEOPLE.items():
            unit = self.root if unit_key == "city" else getattr(self, unit_key)
            user = make_user(username, unit=unit, name=name)
            make_position(user, unit, role)
            setattr(self, username, user)
            if user.needs_second_factor:
                enrol(user)
        for username, admin_role in ADMINISTRATORS.items():
            administrator = make_user(username, unit=self.root, admin_role=admin_role, name=username)
            enrol(administrator)
            setattr(self, username, administrator)
        self.nobody = make_user("nobody", unit=self.health, name="未任职")
