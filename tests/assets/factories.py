"""Plain makers of asset rows; values not named are the least that is valid."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from assets.models import Component, DataCategory, Hosting, Interconnection, Network, ProtectedObject, Zone
from secmgmt.core.clock import now

_numbers = itertools.count(1)


def _stored(model: type, /, **values: Any) -> Any:
    at = now()
    row = model(created_at=at, updated_at=at, **values)
    row.full_clean(exclude=["updated_by"])
    row.save()
    return row


def make_object(unit: Any, name: str = "", **values: Any) -> ProtectedObject:
    """A running information system of ``unit``."""
    number = next(_numbers)
    defaults = {"kind": "system", "status": "running", "construction": "existing", "code": f"T-{number:05d}"}
    return _stored(ProtectedObject, unit=unit, name=name or f"系统{number}", **{**defaults, **values})


def make_register_line(unit: Any, number: str, **values: Any) -> ProtectedObject:
    """A registry line of a secret-bearing system."""
    return _stored(ProtectedObject, unit=unit, is_secret_register=True, secret_number=number, **values)


def make_network(obj: ProtectedObject, name: str = "业务网", **values: Any) -> Network:
    """A network of ``obj``."""
    return _stored(Network, protected_object=obj, name=name, **{"kind": "lan", **values})


def make_zone(network: Network, name: str = "应用区", **values: Any) -> Zone:
    """A zone of ``network``."""
    return _stored(Zone, network=network, name=name, **{"kind": "application", **values})


def make_component(obj: ProtectedObject, name: str = "应用服务器", **values: Any) -> Component:
    """A component of ``obj``."""
    return _stored(Component, protected_object=obj, name=name, **{"kind": "server", **values})


def make_data(obj: ProtectedObject, name: str = "居民健康档案", **values: Any) -> DataCategory:
    """A class of data of ``obj``."""
    defaults = {
        "level": "general",
        "category": "公共服务",
        "department": "信息科",
        "personal": "none",
        "source": "collected",
        "exchange": "none",
        "store": "own_room",
    }
    return _stored(DataCategory, protected_object=obj, name=name, **{**defaults, **values})


def make_link(
    from_object: ProtectedObject, to_object: ProtectedObject | None = None, **values: Any
) -> Interconnection:
    """An interconnection."""
    defaults = {"purpose": "数据交换", "control": "firewall"}
    if to_object is None:
        defaults["external_party"] = "省级平台"
    return _stored(Interconnection, from_object=from_object, to_object=to_object, **{**defaults, **values})


def make_hosting(tenant: ProtectedObject, platform: ProtectedObject, **values: Any) -> Hosting:
    """``tenant`` runs on ``platform``."""
    defaults = {"model": "iaas", "since": dt.date(2024, 1, 1)}
    return _stored(Hosting, tenant=tenant, platform=platform, **{**defaults, **values})
