"""Demo inventory of the fictional city: networks and systems with hosting, parts, data and connections.

The same every time, marked as demo; what is there already is left as it is. Levels come from grading.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.utils import timezone

from secmgmt.accounts.demo import demo_units, name_of
from secmgmt.accounts.models import OrgUnit, Position
from secmgmt.core import audit, records, search

from . import demo_data
from .connections.services import HOST, PEER
from .demo_texts import texts
from .inventory.services import invite_units
from .models import Component, DataCategory, Hosting, Interconnection, Network, ProtectedObject, Zone

NATURES = {"i": "2"}
USERS = {"u": "3", "p": "2", "o": "1", "d": "1"}
BUSINESS = {"d": "2", "o": "3", "p": "4", "u": "4"}
CONSTRUCTIONS = {"n": "new", "c": "rebuild", "e": "extend"}
REDUNDANCY = {"s": "single", "b": "standby", "c": "cluster", "": ""}
NETWORK_KINDS = {
    "video": "video", "iot": "iot", "network": "extranet", "room": "lan", "recovery": "private", "web": "extranet",
}  # fmt: skip
VENDORS = {
    "security": ("安御科技", "AY-6000"),
    "network": ("通衢网络", "TQ-9300"),
    "server": ("磐石服务器", "PS-R5300"),
    "storage": ("磐石存储", "PS-S8100"),
}
# What a tenant has of a cloud is rented, not bought.
RENTED = {"security": "虚拟安全设备", "network": "虚拟网络", "server": "云主机", "storage": "云存储"}
EXCHANGE = {"provided": "provided", "none": "none"}
PERSONAL = {"n": "none", "p": "personal", "s": "sensitive"}


def create_assets(at: dt.datetime) -> None:
    """All demo objects and what hangs on them; one row in the trail with the number added."""
    with audit.act():
        before = ProtectedObject.objects.count()
        units = demo_units()
        rows = [line.split("|") for line in demo_data.SYSTEMS.strip().splitlines()]
        told = texts()
        objects = {row[0]: _object(n, row, told[row[0]], units, at) for n, row in enumerate(rows)}
        for number, row in enumerate(rows):
            _parts(objects[row[0]], row, number, at)
        _hostings(rows, objects, at)
        _links(objects, at)
        _data(objects, at)
        for unit, secret_number in demo_data.REGISTER_LINES:
            _row(ProtectedObject, at, {"secret_number": secret_number},
                 unit=units[unit], is_secret_register=True, is_demo=True)  # fmt: skip
        added = ProtectedObject.objects.count() - before
        if added:
            audit.record("demo.assets", by=None, at=at, detail={"objects": added})


def _row(model: type[Any], at: dt.datetime, keys: dict[str, Any], /, **values: Any) -> Any:
    """The row with these keys, made and checked if it is not there."""
    found = model.objects.filter(**keys).first()
    if found is not None:
        return found
    row = model(**keys, **values)
    records.stamp(row, by=None, at=at)
    row.full_clean(exclude=["updated_by"])
    row.save()
    search.refresh(row)
    return row


def _object(
    number: int, row: list[str], told: tuple[int, str, str], units: dict[str, OrgUnit], at: dt.datetime
) -> ProtectedObject:
    users, scope, business = told
    _key, name, kind, unit_name, _template, _platform, technologies, times, facts = row
    unit, flags = units[unit_name], set(facts.split(","))
    building = "b" in flags
    rto, rpo = (int(text) for text in times.split(","))
    started = dt.date(2012 + number % 11, 1 + number * 5 % 12, 1 + number * 7 % 28)
    business_type = next((BUSINESS[f] for f in sorted(flags) if f in BUSINESS), "9")
    values: dict[str, Any] = {
        "kind": kind,
        "code": f"YC-{number + 1:03d}",
        "status": "building" if building else "running",
        "construction": next((CONSTRUCTIONS[f] for f in flags if f in CONSTRUCTIONS), "existing"),
        "in_operation_on": None if building else started,
        "owner": _owner_of(unit),
        "contact": name_of(200 + number),
        "contact_phone": f"0399-888{number:02d}{(number * 37) % 100:02d}",
        "business": business,
        "business_type": business_type,
        "business_type_other": "信息基础设施支撑" if business_type == "9" else "",
        "service_scope": scope,
        "service_users": next((USERS[f] for f in sorted(flags) if f in USERS), "1"),
        "user_count": users,
        "deployment": "2" if kind == "network" else "1",
        "network_nature": "2" if "i" in flags else "1",
        "offers_hosting": "h" in flags,
        "rto_minutes": rto,
        "rpo_minutes": rpo,
        "is_demo": True,
        **_internet(number, flags),
        **_technologies(technologies, units),
    }
    if "c!" in flags:
        values |= {"is_cii": True, "cii_authority": "省能源主管部门", "cii_number": "演示〔2025〕1 号"}
    return _row(ProtectedObject, at, {"unit": unit, "name": name}, **values)


def _internet(number: int, flags: set[str]) -> dict[str, Any]:
    if "i" not in flags:
        return {}
    return {
        "internet_addresses": f"198.51.100.{number + 1}",
        "internet_domains": f"s{number + 1:02d}.yingchuan.example",
        "internet_ports": "443",
    }


def _technologies(text: str, units: dict[str, OrgUnit]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for part in filter(None, text.split(",")):
        name, _colon, side = part.partition(":")
        if name == "cloud":
            provider, public = side == "provider", side == "public"
            values |= {
                "is_cloud": True,
                "cloud_side": "provider" if provider else "tenant",
                "cloud_service": "iaas",
                "cloud_deployment": "public" if public else "government",
                "platform_name": "某公有云（演示）" if public else "市政务云平台",
                "cloud_ops_place": "颍川市",
            }
        else:
            values[{"mobile": "is_mobile", "iot": "is_iot", "bigdata": "is_big_data",
                    "industrial": "is_industrial"}[name]] = True  # fmt: skip
    return values


def _owner_of(unit: OrgUnit) -> Any:
    """The owner over the unit: his position stands at the unit or above it."""
    above = [int(part) for part in unit.path.strip("/").split("/")]
    held = Position.objects.filter(permission__codename="act_as_owner", content_object__in=above)
    position = held.select_related("user").order_by("-content_object__path", "pk").first()
    return position.user if position else None


def _parts(obj: ProtectedObject, row: list[str], number: int, at: dt.datetime) -> None:
    """A network with zones, and in them the components of the template, wired from outside to inside."""
    template, platform = row[4], row[5]
    relation = "is" if obj.kind == "network" else "part"
    net = _row(
        Network, at, {"protected_object": obj, "name": f"{obj.name}网络" if relation == "part" else obj.name},
        relation=relation, kind=NETWORK_KINDS.get(template, "lan"), bandwidth="1 Gbps",
        line_redundant=number % 3 == 0,
    )  # fmt: skip
    stored: list[tuple[str, Component]] = []
    for place, line in enumerate(demo_data.TEMPLATES[template]):
        zone_key, kind, name, quantity, redundancy, flags = line.split("|")
        part = _row(
            Component, at, {"protected_object": obj, "kind": kind, "name": name},
            quantity=int(quantity), redundancy=REDUNDANCY[redundancy], is_key="k" in flags,
            zone=_zone(net, zone_key, number, at) if zone_key else None,
            **_make(kind, obj, platform), **_certificate(kind, number, place, at),
            address=f"10.{number + 10}.{demo_data.ZONES[zone_key][2]}.{place + 11}" if kind in VENDORS else "",
        )  # fmt: skip
        if zone_key:
            stored.append((zone_key, part))
    _inner_links(obj, stored, at)


def _make(kind: str, obj: ProtectedObject, platform: str) -> dict[str, str]:
    """Maker, model and place: a tenant of the cloud rents, the others own what stands in a room."""
    if kind not in VENDORS:
        return {}
    if obj.cloud_side == "tenant":
        return {"vendor": obj.platform_name, "model": RENTED[kind], "location": ""}
    vendor, product = VENDORS[kind]
    unit = obj.unit.short_name or obj.unit.name
    location = "市级数据中心模块化机房" if platform in ("room", "cloud") else f"{unit}机房"
    return {"vendor": vendor, "model": product, "location": location}


def _zone(net: Network, key: str, number: int, at: dt.datetime) -> Zone:
    name, kind, octet = demo_data.ZONES[key]
    return _row(
        Zone, at, {"network": net, "name": name}, kind=kind,
        address_ranges=f"10.{number + 10}.{octet}.0/24", boundary="防火墙访问控制",
    )  # fmt: skip


def _certificate(kind: str, number: int, place: int, at: dt.datetime) -> dict[str, Any]:
    """Security products carry a certificate; a few of them run out soon, or have."""
    if kind != "security":
        return {}
    days = 900 - (number * 131 + place * 57) % 960
    return {
        "certificate_kind": "security",
        "certificate_number": f"演示-{number + 1:03d}{place:02d}",
        "certificate_until": timezone.localdate(at) + dt.timedelta(days=days),
    }


def _inner_links(obj: ProtectedObject, parts: list[tuple[str, Component]], at: dt.datetime) -> None:
    """Each part of a zone hangs on the first part of the zone before it; management reaches the first of all."""
    firsts: dict[str, Component] = {}
    for zone, part in parts:
        firsts.setdefault(zone, part)
    known = ("field", "access", "dmz", "core", "app", "data", "backup", "desk")
    order: list[str] = [zone for zone in known if zone in firsts]
    for zone, part in parts:
        if zone == "ops" or zone == order[0]:
            before = firsts[order[-1]] if zone == "ops" else firsts[zone]
        else:
            before = firsts["core"] if zone == "desk" else firsts[order[order.index(zone) - 1]]
        if before != part:
            _row(
                Interconnection, at, {"from_object": obj, "from_component": before, "to_component": part},
                to_object=obj, purpose="系统内部连接", direction="both",
                control="firewall" if zone == "ops" else "none",
            )  # fmt: skip


def _hostings(rows: list[list[str]], objects: dict[str, ProtectedObject], at: dt.datetime) -> None:
    for number, row in enumerate(rows):
        if not row[5]:
            continue
        tenant, platform = objects[row[0]], objects[row[5]]
        model = {"room": "colocation", "cloud": "iaas", "egov": "colocation"}.get(row[5], "paas")
        hosting = _row(
            Hosting, at, {"tenant": tenant, "platform": platform}, model=model,
            since=dt.date(2020, 1 + number % 12, 1), agreement=f"演示托管协议 {number + 1:03d}",
        )  # fmt: skip
        invite_units(Hosting, {hosting.pk: platform.unit}, capacity=HOST)


def _links(objects: dict[str, ProtectedObject], at: dt.datetime) -> None:
    for line in demo_data.LINKS.strip().splitlines():
        key, end, purpose, direction, protocol, port, control, part = line.split("|")
        obj, other = objects[key], objects.get(end)
        keys = {"from_object": obj, "to_object": other, "purpose": purpose}
        link = _row(
            Interconnection, at, keys, external_party="" if other else end.removeprefix("外:"),
            direction=direction, protocol=protocol, ports=port, control=control, is_encrypted=port == "443",
            from_component=obj.components.filter(name=part).first(), line="政务外网" if other else "专线 100 Mbps",
        )  # fmt: skip
        if other is not None and other.unit_id != obj.unit_id:
            invite_units(Interconnection, {link.pk: other.unit}, capacity=PEER)


def _data(objects: dict[str, ProtectedObject], at: dt.datetime) -> None:
    for line in demo_data.DATA.strip().splitlines():
        key, name, level, category, personal, people, volume, count, exchange, targets = line.split("|")
        numbers = {"people": people, "volume_gb": volume, "records": count}
        _row(
            DataCategory, at, {"protected_object": objects[key], "name": name},
            level=level, category=category, department="业务科室", personal=PERSONAL[personal],
            source="generated", exchange=EXCHANGE[exchange], target_units=targets,
            store="government_cloud" if objects[key].is_cloud else "own_room", store_place="颍川市",
            **{field: int(text) for field, text in numbers.items() if re.fullmatch(r"\d+", text)},
        )  # fmt: skip
