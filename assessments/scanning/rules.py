"""Which problem a scanner's finding is, by the rules: the first that matches wins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .models import ScannerRule
from .parsing import Found

_TEST = re.compile(r"(>=|<=|>|<|=)(\d{1,2}(?:\.\d)?)")
_NESTED = re.compile(r"\([^)]*[+*}][^)]*\)\s*[+*{]")
_SPEC = {
    ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
}  # fmt: skip


def check_pattern(match_field: str, pattern: str) -> None:
    """ValidationError says what of a pattern cannot be used; a repetition of repetitions can run for hours."""
    if match_field == "cvss":
        if not pattern.split() or not all(_TEST.fullmatch(part) for part in pattern.split()):
            raise ValidationError(_("CVSS 写成用空格分开的比较，如“>=7.0 <9.0”。"))
        return
    if _NESTED.search(pattern):
        raise ValidationError(_("括号里外都有重复（如“(a+)+”）的表达式可能无法结束，请改写。"))
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValidationError(_("不是有效的正则表达式：%s") % error) from error


class Matcher:
    """The rules in force, ready to be asked of many findings."""

    def __init__(self, rows: Iterable[ScannerRule]) -> None:
        self.rules: list[tuple[ScannerRule, Any]] = []
        for row in rows:
            if row.match_field == "cvss":
                tests = [(_SPEC[sign], float(n)) for sign, n in _TEST.findall(row.pattern)]
                self.rules.append((row, tests))
            else:
                self.rules.append((row, re.compile(row.pattern, re.IGNORECASE)))

    def rule_for(self, source: str, found: Found) -> ScannerRule | None:
        """The first rule that matches, None when no rule speaks of it."""
        for row, test in self.rules:
            if row.source in ("any", source) and self._matches(row.match_field, test, found):
                return row
        return None

    def _matches(self, match_field: str, test: Any, found: Found) -> bool:
        if match_field == "port_service":
            return found.is_open_port and bool(test.search(found.service))
        if found.is_open_port:
            return False
        if match_field == "cvss":
            return all(compare(found.cvss, bound) for compare, bound in test)
        if match_field == "cve":
            return any(test.search(cve) for cve in found.cves)
        text = {"plugin_name": found.title, "plugin_family": found.family, "text": found.text}[match_field]
        return bool(test.search(text))
