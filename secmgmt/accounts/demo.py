"""Demo units and people of a fictional city, 颍川市: the same every time, marked as demo, without passwords.

Nobody in it exists. The accounts have no usable password; ``seed_demo --password`` gives all of them one.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from secmgmt.core import audit, records, search

from . import roles
from .models import OrgUnit, Position, User

CITY = "颍川市"
UNITS_FILE = Path(__file__).parent / "data" / "demo_units.txt"
SINCE = dt.date(2024, 1, 1)
AGENCY_DAYS = 730

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "予安 知行 若溪 嘉木 晚晴 明远 清和 望舒 砚之 思齐 书言 景行 安澜 致远 沐阳 云帆 子衿 怀瑾 修远 静姝 "
    "承泽 文博 雨桐 立诚 念慈 一鸣 海若 星河 松年 采薇 令仪 博雅 正则 长风 南乔 青禾"
).split()

# Named people: account, name, unit, place of the position ("" = the city), role, title
PEOPLE: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("leader", "高远舟", "市委网信办", "", roles.LEADER.code, "副市长、领导小组副组长"),
    ("inspector.wang", "沈清源", "市委网信办", "", roles.INSPECTOR.code, "网络安全科科长"),
    ("inspector.gong", "武衡", "市公安局网络安全保卫支队", "", roles.INSPECTOR.code, "支队民警"),
    ("inspector.xin", "蒋一苇", "市工信局", "", roles.INSPECTOR.code, "信息化科科员"),
    ("consulted.gongxin", "顾长庚", "市工信局", "", roles.CONSULTED.code, "信息化科科长"),
    ("consulted.gongan", "秦烨", "市公安局网络安全保卫支队", "", roles.CONSULTED.code, "大队长"),
    ("consulted.baomi", "严守中", "市保密局", "", roles.CONSULTED.code, "督查科科长"),
    ("consulted.shuju", "魏清扬", "市数据局", "", roles.CONSULTED.code, "数据资源科科长"),
    ("consulted.wangxin", "陆景明", "市委网信办", "", roles.CONSULTED.code, "网络协调科科长"),
    ("consulted.mima", "祝思源", "市密码局", "", roles.CONSULTED.code, "密码管理科科长"),
    ("authority", "叶知行", "市数据局", "", roles.AUTHORITY.code, "政务信息化科科长"),
    ("authority.health", "陶然", "市卫健委", "市卫健委", roles.AUTHORITY.code, "规划信息科科长"),
    ("police", "方正平", "市公安局网络安全保卫支队", "", roles.POLICE.code, "等级保护民警"),
    ("expert.xu", "许望", "颍川职业技术学院", "", roles.EXPERT.code, "教授"),
    ("expert.meng", "孟繁星", "市科技局", "", roles.EXPERT.code, "高级工程师"),
    ("expert.ding", "丁一", "市大数据中心", "", roles.EXPERT.code, "总工程师"),
    ("rules", "潘序", "市委网信办", "", roles.RULES.code, "领导小组办公室"),
    ("planner", "文心", "市应急局", "", roles.PLAN_EDITOR.code, "预案科科员"),
    ("planner.health", "柳含章", "市卫生信息中心", "市卫健委", roles.PLAN_EDITOR.code, "工程师"),
    ("publisher", "钟鸣", "市政府办", "", roles.PLAN_PUBLISHER.code, "秘书科科长"),
    ("drills", "马识途", "市网络安全应急指挥中心", "", roles.DRILL_COORDINATOR.code, "演练科科长"),
    ("participant.a", "田野", "市大数据中心", "", roles.DRILL_PARTICIPANT.code, "值班工程师"),
    ("participant.b", "易水寒", "市卫生信息中心", "", roles.DRILL_PARTICIPANT.code, "值班工程师"),
    ("evaluator", "单雨", "市统计局", "", roles.EVALUATOR.code, "评估员"),
    ("commander", "雷霆", "市网络安全应急指挥中心", "", roles.COMMANDER.code, "主任"),
    ("duty.a", "殷夜来", "市网络安全应急指挥中心", "", roles.DUTY_OFFICER.code, "值班员"),
    ("duty.b", "白昼", "市网络安全应急指挥中心", "", roles.DUTY_OFFICER.code, "值班员"),
    ("recovery", "封存", "市灾备中心", "市数据局", roles.DR_OPERATOR.code, "运维工程师"),
    ("agency.yz", "章程", "豫中测评", "豫中测评", roles.AGENCY.code, "测评项目经理"),
    ("agency.zy", "项南", "中原检测", "中原检测", roles.AGENCY.code, "测评项目经理"),
    ("owner.health", "林予安", "市卫健委", "市卫健委", roles.OWNER.code, "信息科科长"),
    ("lead.health", "周砚", "市卫健委", "市卫健委", roles.UNIT_LEAD.code, "网络安全负责人"),
    ("head.health", "唐若溪", "市卫健委", "市卫健委", roles.UNIT_HEAD.code, "副主任"),
    ("owner.data", "秦川", "市数据局", "市数据局", roles.OWNER.code, "平台运营科科长"),
    ("lead.data", "罗知秋", "市数据局", "市数据局", roles.UNIT_LEAD.code, "网络安全负责人"),
    ("head.data", "纪年", "市数据局", "市数据局", roles.UNIT_HEAD.code, "副局长"),
)
ADMINISTRATORS = (
    ("demo.system", "关山", roles.SYSTEM_ADMIN.code),
    ("demo.security", "卫宁", roles.SECURITY_ADMIN.code),
    ("demo.audit", "文鉴", roles.AUDIT_ADMIN.code),
)
# Registered, without password and position yet: what waits for the system and the security administrator.
NEWCOMERS = (("newcomer.song", "宋听澜", "市政务云管理中心"), ("newcomer.dong", "董晚舟", "市应急指挥保障中心"))
IN_EVERY_UNIT = (
    ("owner", roles.OWNER.code, "系统负责人"),
    ("lead", roles.UNIT_LEAD.code, "网络安全负责人"),
    ("head", roles.UNIT_HEAD.code, "分管领导"),
)


def create_accounts(at: dt.datetime) -> None:
    """Units, people and positions; running it again adds what is missing and changes nothing else."""
    with audit.act():
        before = User.objects.count(), OrgUnit.objects.count()
        units = _units(at)
        _people(units, at)
        _people_of_every_unit(units, at)
        for username, name, role in ADMINISTRATORS:
            _user(username, name, units[CITY], "", at, admin_role=role)
        for username, name, unit in NEWCOMERS:
            _user(username, name, units[unit], "", at, password_changed_at=None, must_change_password=True)
        added = {"users": User.objects.count() - before[0], "units": OrgUnit.objects.count() - before[1]}
        if any(added.values()):
            audit.record("demo.accounts", by=None, at=at, detail=added)


def demo_units() -> dict[str, OrgUnit]:
    """Every demo unit by its short name and by its name."""
    found = {}
    for unit in OrgUnit.objects.filter(is_demo=True):
        found[unit.name] = unit
        found[unit.short_name or unit.name] = unit
    return found


def _units(at: dt.datetime) -> dict[str, OrgUnit]:
    root = _unit(CITY, CITY, "city", None, at)
    for line in UNITS_FILE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        kind, name, short, below = line.split("|")
        unit = _unit(name, short, kind, root, at)
        for child in filter(None, below.split(";")):
            full = (
                f"{name}{child.removeprefix('县').removeprefix('区').removeprefix('市')}"
                if kind == "county"
                else child
            )
            _unit(full, full, "subunit", unit, at)
    return demo_units()


def _unit(name: str, short: str, kind: str, parent: OrgUnit | None, at: dt.datetime) -> OrgUnit:
    unit = OrgUnit.objects.filter(name=name).first()
    if unit is not None:
        return unit
    unit = OrgUnit(name=name, short_name=short, kind=kind, parent=parent, is_demo=True)
    records.stamp(unit, by=None, at=at)
    unit.save()
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    search.refresh(unit)
    return unit


def _people(units: dict[str, OrgUnit], at: dt.datetime) -> None:
    for username, name, unit, place, role, title in PEOPLE:
        user = _user(username, name, units[unit], title, at)
        until = timezone.localdate(at) + dt.timedelta(days=AGENCY_DAYS) if role == roles.AGENCY.code else None
        _position(user, units[place or CITY], role, title, until, at)


def _people_of_every_unit(units: dict[str, OrgUnit], at: dt.datetime) -> None:
    """Owner, security lead and head in every bureau and county that has no named ones."""
    taken = {(place, role) for _account, _name, _unit, place, role, _title in PEOPLE}
    places = OrgUnit.objects.filter(is_demo=True, kind__in=["bureau", "county"]).order_by("pk")
    for number, unit in enumerate(places):
        for offset, (account, role, title) in enumerate(IN_EVERY_UNIT):
            if (unit.short_name, role) in taken:
                continue
            name = name_of(number * len(IN_EVERY_UNIT) + offset)
            user = _user(f"{account}.u{number + 1:02d}", name, unit, title, at)
            _position(user, unit, role, title, None, at)


def name_of(number: int) -> str:
    """The n-th invented name."""
    surname = SURNAMES[(number * 7) % len(SURNAMES)]
    return surname + GIVEN[(number * 11 + number // len(GIVEN)) % len(GIVEN)]


def _user(username: str, name: str, unit: OrgUnit, title: str, at: dt.datetime, **values: Any) -> User:
    user = User.objects.filter(username=username).first()
    if user is not None:
        return user
    values = {"must_change_password": False, "password_changed_at": at, **values}
    user = User(username=username, name=name, unit=unit, title=title, is_demo=True, **values)
    user.set_unusable_password()
    records.stamp(user, by=None, at=at)
    user.save()
    search.refresh(user)
    return user


def _position(
    user: User, unit: OrgUnit, role: str, title: str, until: dt.date | None, at: dt.datetime
) -> None:
    kind = ContentType.objects.get_for_model(OrgUnit)
    permission = Permission.objects.get(codename=role, content_type=kind)
    if Position.objects.filter(user=user, content_object=unit, permission=permission).exists():
        return
    position = Position(
        user=user,
        content_object=unit,
        permission=permission,
        title=title,
        valid_from=SINCE,
        valid_until=until,
    )
    records.stamp(position, by=None, at=at)
    position.save()
