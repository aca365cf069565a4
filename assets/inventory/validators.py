"""Validators of addresses, ports, names and numbers; every message says what is wrong and how to mend it."""

from __future__ import annotations

import ipaddress
import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_PORT = 65535
_SEPARATORS = re.compile(r"[\s,，;；、]+")
_DOMAIN = re.compile(
    r"^(\*\.)?([a-z0-9\u4e00-\u9fff]([a-z0-9\u4e00-\u9fff-]{0,61}[a-z0-9\u4e00-\u9fff])?\.)+[a-z0-9\u4e00-\u9fff-]{2,63}$"
)

phone = RegexValidator(
    r"^(1\d{10}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|\d{5,8})$",
    gettext_lazy("电话应为 11 位手机号，或“区号-号码”，如 0374-2988888。"),
)
filing_number = RegexValidator(
    r"^\d{11}-\d{5}$", gettext_lazy("备案证明编号应为 11 位数字、短横、5 位数字，如 41100043001-25017。")
)

_REGISTRY = re.compile(r"[0-9A-Za-z\u4e00-\u9fff〔〕()（）-]+")
MOST_HANZI = 6  # a number has a word or two before its year; a longer text is a name


def registry_number(text: str) -> None:
    """A registry number and nothing that tells of the system: digits, letters, brackets, a few characters."""
    hanzi = re.findall(r"[\u4e00-\u9fff]", text)
    if not _REGISTRY.fullmatch(text) or not re.search(r"[0-9]", text) or len(hanzi) > MOST_HANZI:
        raise ValidationError(
            _("登记号由数字、字母、短横、括号和至多 %(n)d 个汉字组成，如“密登-2026-001”，不写系统名称和用途。")
            % {"n": MOST_HANZI}
        )


def pieces(text: str) -> list[str]:
    """The parts of a text that lists things by line, comma, semicolon or space."""
    return [part for part in _SEPARATORS.split(text or "") if part]


def address_range(text: str) -> tuple[ipaddress._BaseAddress, ipaddress._BaseAddress]:
    """First and last address of ``10.1.0.0/24``, ``10.1.0.5-10.1.0.9`` or one address. ValueError if none."""
    if "/" in text:
        network = ipaddress.ip_network(text)
        return network[0], network[-1]
    first, _dash, last = text.partition("-")
    start = ipaddress.ip_address(first)
    end = ipaddress.ip_address(last) if last else start
    if start.version != end.version or start > end:
        raise ValueError(text)
    return start, end


def address_ranges(text: str) -> None:
    """Every part is an address, a range or a network."""
    for part in pieces(text):
        try:
            address_range(part)
        except ValueError as error:
            raise ValidationError(
                _(
                    "“%(part)s”不是有效的地址范围；每行一个，写成 10.1.2.0/24、10.1.2.5-10.1.2.9 或单个地址，"
                    "网段主机位须为 0。"
                )
                % {"part": part}
            ) from error


def domains(text: str) -> None:
    """Every part is a domain name."""
    for part in pieces(text):
        if not _DOMAIN.match(part.lower()):
            raise ValidationError(
                _("“%(part)s”不是有效的域名；每行一个，如 www.example.gov.cn，不带 http:// 和路径。")
                % {"part": part}
            )


def ports(text: str) -> None:
    """Every part is ``443``, ``TCP 443``, ``tcp/443`` or ``8000-8010``."""
    for part in pieces(re.sub(r"(?i)\b(tcp|udp|sctp|http|https)\s*[/:]?\s*", "", text or "")):
        first, _dash, last = part.partition("-")
        numbers = [first, last or first]
        good = all(
            number.isascii() and number.isdigit() and 0 < int(number) <= MAX_PORT for number in numbers
        )
        if not good or int(numbers[0]) > int(numbers[1]):
            raise ValidationError(
                _("“%(part)s”不是有效的端口；写成 443、TCP/8443 或 8000-8010，端口在 1–65535 之间。")
                % {"part": part}
            )
