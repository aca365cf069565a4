"""Two scans of a demo bureau, through the same door as a person's: what was there, what came back, what is gone."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from xml.sax.saxutils import quoteattr

from assets.models import Component
from secmgmt.core import digest

from . import services
from .models import Scan
from .queries import units_for

_PLUGINS = (
    ("104743", "TLS Version 1.0 Protocol Detection", "443", "6.5", "2", ""),
    ("97833", "MS17-010: Security Update for Microsoft Windows SMB Server", "445", "9.8", "4", "CVE-2017-0144"),
    ("155999", "Apache Log4j < 2.15.0 Remote Code Execution", "8080", "10.0", "4", "CVE-2021-44228"),
    ("990001", "Vendor Appliance Banner Anomaly", "9443", "", "2", ""),
)


def create_scan(at: dt.datetime) -> None:
    """A Nessus scan of two months ago and one of last week; nothing where scans are there already."""
    if Scan.objects.exists():
        return
    rows = Component.objects.filter(protected_object__is_demo=True, address__regex=r"^[0-9.]+$", kind="server")
    rows = rows.exclude(protected_object__owner=None)
    rows = rows.select_related("protected_object__unit", "protected_object__owner")
    first = rows.order_by("pk").first()
    if first is None or not units_for(first.protected_object.owner).filter(pk=first.protected_object.unit_id).exists():
        return
    by, unit = first.protected_object.owner, first.protected_object.unit
    for days, plugins in ((60, _PLUGINS), (7, _PLUGINS[1:])):
        moment = at - dt.timedelta(days=days)
        content = _nessus([first.address, "198.51.100.77"], plugins, moment)
        work = services.Import(unit=unit, name=f"季度扫描-{moment:%Y%m%d}.nessus", by=by, at=moment)
        work.read(BytesIO(content))
        services.store_scan(work=work, file_digest=digest.hash_bytes(content), by=by, at=moment)


def _nessus(addresses: list[str], plugins: tuple[tuple[str, ...], ...], moment: dt.datetime) -> bytes:
    hosts = []
    for address in addresses:
        items = "".join(
            f'<ReportItem port="{port}" svc_name="www" protocol="tcp" severity="{severity}" pluginID="{number}" '
            f'pluginName={quoteattr(name)} pluginFamily="General">'
            + (f"<cvss3_base_score>{score}</cvss3_base_score>" if score else "")
            + (f"<cve>{cve}</cve>" if cve else "") + "</ReportItem>"
            for number, name, port, score, severity, cve in plugins
        )  # fmt: skip
        stamp = f'<tag name="HOST_START_TIMESTAMP">{int(moment.timestamp())}</tag>'
        tags = f'<HostProperties>{stamp}<tag name="host-ip">{address}</tag></HostProperties>'
        hosts.append(f'<ReportHost name="{address}">{tags}{items}</ReportHost>')
    report = f'<Report name="x">{"".join(hosts)}</Report>'
    return f'<?xml version="1.0"?><NessusClientData_v2>{report}</NessusClientData_v2>'.encode()
