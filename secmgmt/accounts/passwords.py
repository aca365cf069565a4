"""Password rules (8.1.4.1 a): length, classes, names, sequences, customary ones, age and history."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from secmgmt.core import audit

from . import lockout, sessions
from .models import LoginPolicy, PasswordHistory, User
from .policy import current_policy

COMMON = Path(__file__).parent / "data" / "common-passwords.txt"
ROWS = (
    "`1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
)
LOOKALIKE = str.maketrans("@013457$!", "aoleastsi")
BASE_WORDS = frozenset(
    {"password", "passwd", "admin", "administrator", "root", "welcome", "letmein", "qwerty", "iloveyou"}
    | {"woaini", "huawei", "test", "guest", "system", "changeme", "dengbao"}
)
MAX_LENGTH = 128
SHORTEST_RUN = {"digit": 3, "letter": 4, "repeat": 3, "keyboard": 4}


class PolicyValidator:
    """All rules at once, so that the person reads everything that is wrong."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError naming what is wrong."""
        check_length(password)
        policy = current_policy()
        found = [
            *refuse_short_or_plain(password, policy),
            *refuse_names(password, user),
            *refuse_patterns(password),
            *refuse_common(password),
            *refuse_recent(password, user, policy),
        ]
        if found:
            raise ValidationError(found)

    def get_help_text(self) -> str:
        """The rule in one sentence."""
        policy = current_policy()
        return _(
            "至少 %(length)d 位，含大写字母、小写字母、数字、符号中的 %(classes)d 种；不含账号或姓名，"
            "不用连续、重复或键盘相邻字符，不用常见口令，不与最近 %(history)d 次相同。有效期 %(days)d 天，到期须更换。"
        ) % {
            "length": policy.min_length,
            "classes": policy.min_classes,
            "history": policy.history,
            "days": policy.max_age_days,
        }


def check_length(password: str) -> None:
    """Megabytes are no password: refused by every form that takes one, before anything reads it."""
    if len(password) > MAX_LENGTH:
        told = {"n": MAX_LENGTH, "have": len(password)}
        raise ValidationError(_("口令最长 %(n)d 位，现为 %(have)d 位。") % told)


def refuse_short_or_plain(password: str, policy: LoginPolicy) -> list[str]:
    """Length and number of character classes."""
    found = []
    if len(password) < policy.min_length:
        found.append(
            _("口令至少 %(n)d 位，现为 %(have)d 位。") % {"n": policy.min_length, "have": len(password)}
        )
    kinds = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())
    classes = sum(any(kind(c) for c in password) for kind in kinds)
    if classes < policy.min_classes:
        found.append(
            _("大写字母、小写字母、数字、符号至少用 %(n)d 种，现为 %(have)d 种。")
            % {"n": policy.min_classes, "have": classes}
        )
    return found


def refuse_names(password: str, user: Any) -> list[str]:
    """No account name, forwards or backwards, and no name of the person."""
    if user is None:
        return []
    text = password.lower()
    account = (user.username or "").lower()
    parts = [account, account[::-1], (user.email or "").partition("@")[0].lower()]
    if any(len(part) >= 3 and part in text for part in parts):
        return [_("口令不能包含账号。")]
    name = (user.name or "").lower()
    return [_("口令不能包含姓名。")] if len(name) >= 2 and name in text else []


def refuse_patterns(password: str) -> list[str]:
    """No runs: 123, abcd, aaa, qwer, in either direction."""
    text = password.lower()
    if max((len(list(run)) for _same, run in itertools.groupby(text)), default=0) >= SHORTEST_RUN["repeat"]:
        return [_("口令不能有连续重复的字符。")]
    for kind, test in (("digit", str.isdigit), ("letter", str.isalpha)):
        if _longest_run(text, test) >= SHORTEST_RUN[kind]:
            return [_("口令不能有连续的数字或字母，如 123、abcd。")]
    size = SHORTEST_RUN["keyboard"]
    pieces = {row[i : i + size] for row in ROWS for i in range(len(row) - size + 1)}
    if any(piece in text or piece[::-1] in text for piece in pieces):
        return [_("口令不能用键盘上相邻的一串字符，如 qwer、1qaz。")]
    return []


def _longest_run(text: str, test: Callable[[str], bool]) -> int:
    """The longest stretch of neighbours that each go up, or each go down, by one."""
    longest = run = 1
    last = 0
    for before, after in itertools.pairwise(text):
        alike = before.isascii() and after.isascii() and test(before) and test(after)
        step = ord(after) - ord(before) if alike else 0
        run = 1 if step not in (1, -1) else run + 1 if step == last else 2
        last = step
        longest = max(longest, run)
    return longest


def refuse_common(password: str) -> list[str]:
    """No customary password, and none that is only a customary word dressed up."""
    text = password.lower()
    to_last_letter = re.match(r"(?s).*[^\W\d_]|", text)
    bare = re.sub(r"[^a-z]", "", to_last_letter[0].translate(LOOKALIKE)) if to_last_letter else ""
    if text in common_passwords() or bare in BASE_WORDS:
        return [_("这是常见口令，容易被猜中。")]
    return []


@functools.cache
def common_passwords() -> frozenset[str]:
    """Our list and Django's."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    own = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    return frozenset(own | set(CommonPasswordValidator().passwords))


def refuse_recent(password: str, user: Any, policy: LoginPolicy) -> list[str]:
    """None of the last passwords, the present one included."""
    if user is None or not user.pk:
        return []
    old = list(user.password_history.values_list("password", flat=True)[: policy.history])
    if any(check_password(password, stored) for stored in {user.password, *old}):
        return [_("口令不能与最近 %(n)d 次用过的相同。") % {"n": policy.history}]
    return []


def must_change(user: User, at: dt.datetime, policy: LoginPolicy) -> bool:
    """Whether nothing else may be done before the password is changed: an initial or an aged one."""
    if user.must_change_password or user.password_changed_at is None:
        return True
    return user.password_changed_at + dt.timedelta(days=policy.max_age_days) <= at


@audit.audited
def change_password(*, user: User, password: str, by: Any, at: dt.datetime) -> None:
    """Store a new password that has passed the rules; other sessions and all tokens end.

    Raises ValidationError when it breaks a rule.
    """
    PolicyValidator().validate(password, user)
    user.set_password(password)
    user.must_change_password, user.password_changed_at = False, at
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    PasswordHistory.objects.create(user=user, password=user.password, at=at)
    kept = user.password_history.values_list("pk", flat=True)[: current_policy().history]
    user.password_history.exclude(pk__in=list(kept)).delete()
    sessions.revoke_tokens(user, at)
    lockout.unlock(user.username)
    audit.record("password.change", user, by=by, at=at)
