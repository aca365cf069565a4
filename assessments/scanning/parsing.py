"""Reading what scanners write: a stream of found things, never a tree in memory, nothing a file could expand.

Nmap XML (nmaprun, xmloutputversion 1), Nessus v2 (NessusClientData_v2), Greenbone/OpenVAS (report with results).
Declared entities and external references are refused before they are used; hosts, findings, depth and the length of
each text are limited. Elements are freed as soon as they are read, so memory does not grow with the file.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from secmgmt.core.filesafety.refusal import FileRefused

MAX_HOSTS, MAX_FINDINGS, MAX_DEPTH, MAX_TEXT = 5_000, 50_000, 40, 2_000
_CVE = re.compile(r"CVE-\d{4}-\d{4,7}", re.IGNORECASE)
_ROOTS = {"nmaprun": "nmap", "NessusClientData_v2": "nessus", "report": "openvas", "get_reports_response": "openvas"}
_BLOCKS = {"nmap": ("host",), "nessus": ("ReportHost",), "openvas": ("result",)}


@dataclass(frozen=True)
class Found:
    """One thing a scanner says of an address. ``is_open_port``: a lead only, kept where a rule speaks of it."""

    address: str
    port: str
    key: str
    title: str
    family: str = ""
    text: str = ""
    cves: tuple[str, ...] = ()
    cvss: float = 0.0
    is_open_port: bool = False
    service: str = ""


@dataclass
class Report:
    """What is known of a file while it is read: ``hosts`` and ``scanned_at`` are whole once it was read."""

    source: str = ""
    scanned_at: dt.datetime | None = None
    hosts: set[str] = field(default_factory=set)


def read(file: IO[bytes], report: Report) -> Iterator[Found]:
    """Everything found, one by one; ``report`` is filled meanwhile. Raises FileRefused: what is wrong, and where."""
    try:
        yield from _stream(file, report)
    except DefusedXmlException as error:
        message = _("文件里声明了实体或引用了外部文件，正常的扫描结果没有这些，为安全起见不读取。请从扫描器重新导出。")
        raise FileRefused("xml-entities", message) from error
    except ParseError as error:
        line, column = error.position
        message = _("第 %(line)d 行第 %(column)d 列不是完整的 XML。请从扫描器重新导出 XML 格式的结果。")
        raise FileRefused("bad-xml", message % {"line": line, "column": column}) from error


def _stream(file: IO[bytes], report: Report) -> Iterator[Found]:
    depth, count, path = 0, 0, []
    for event, element in iterparse(file, events=("start", "end"), forbid_dtd=False, forbid_external=True):
        if event == "start":
            depth += 1
            if depth > MAX_DEPTH:
                raise FileRefused("too-deep", _("XML 嵌套超过 %d 层，不是扫描结果。") % MAX_DEPTH)
            if depth == 1:
                report.source = source_of(element)
                _started(element, report)
            path.append(element)
            continue
        depth -= 1
        path.pop()
        if report.source == "openvas" and element.tag == "scan_start":
            report.scanned_at = report.scanned_at or _moment(element.text)
        if element.tag not in _BLOCKS[report.source]:
            if path and not _inside(path, report.source):
                path[-1].remove(element)
            continue
        for found in _READERS[report.source](element, report):
            count += 1
            _check_counts(count, len(report.hosts))
            yield found
        if path:
            path[-1].remove(element)


def _inside(path: list[Element], source: str) -> bool:
    """Whether an element belongs to a block that is still being read."""
    return any(above.tag in _BLOCKS[source] for above in path)


def source_of(root: Element) -> str:
    """Which scanner wrote a file, by its root element."""
    source = _ROOTS.get(root.tag)
    if source is None:
        message = _("根元素是“%s”，不是 Nmap XML、Nessus v2（.nessus）或 OpenVAS/Greenbone XML 的结果。")
        raise FileRefused("not-a-scan", message % str(root.tag)[:40])
    return source


def _check_counts(findings: int, hosts: int) -> None:
    if hosts > MAX_HOSTS or findings > MAX_FINDINGS:
        message = _("一份文件最多 %(hosts)d 台主机、%(n)d 条结果。请按网段分批扫描或导出。")
        raise FileRefused("too-many", message % {"hosts": MAX_HOSTS, "n": MAX_FINDINGS})


def _started(root: Element, report: Report) -> None:
    if report.source == "nmap" and (start := root.get("start", "")).isdigit() and len(start) < 11:
        report.scanned_at = dt.datetime.fromtimestamp(int(start), dt.UTC)


def _moment(text: str | None) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _address(text: str | None) -> str:
    """An address in its one way of writing, "" for a name or anything else."""
    try:
        return str(ipaddress.ip_address((text or "").strip()))
    except ValueError:
        return ""


def _clean(text: str | None, most: int = MAX_TEXT) -> str:
    return (text or "").replace("\x00", "").strip()[:most]


def _cves(*texts: str | None) -> tuple[str, ...]:
    found = {cve.upper() for text in texts for cve in _CVE.findall((text or "")[:20_000])}
    return tuple(sorted(found)[:20])


def _number(text: str | None) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 10 else 0.0


def _nmap(host: Element, report: Report) -> Iterator[Found]:
    state = host.find("status")
    places = (_address(a.get("addr")) for a in host.iterfind("address") if a.get("addrtype") in ("ipv4", "ipv6"))
    address = next((place for place in places if place), "")
    if not address or (state is not None and state.get("state") == "down"):
        return
    report.hosts.add(address)
    for port in host.iterfind("ports/port"):
        opened = port.find("state")
        if opened is None or opened.get("state") != "open":
            continue
        place = f"{port.get('portid', '')[:5]}/{port.get('protocol', '')[:4]}"
        service = port.find("service")
        words = [service.get(name, "") for name in ("name", "product", "version")] if service is not None else []
        line = _clean(" ".join(filter(None, words)), 150)
        title = _("开放端口 %s") % f"{place} {line}".strip()
        yield Found(address, place, "open", title, is_open_port=True, service=f"{place} {line}")
        for script in port.iterfind("script"):
            name, output = _clean(script.get("id"), 100), script.get("output") or ""
            cves = _cves(output)
            if cves or "VULNERABLE" in output.upper().replace("NOT VULNERABLE", ""):
                cvss = 7.5 if cves else 5.0
                yield Found(address, place, name, name, "script", _clean(output), cves, cvss)


def _nessus(host: Element, report: Report) -> Iterator[Found]:
    tags = {tag.get("name"): tag.text for tag in host.iterfind("HostProperties/tag")}
    address = _address(tags.get("host-ip")) or _address(host.get("name"))
    if not address:
        return
    report.hosts.add(address)
    if (stamp := tags.get("HOST_START_TIMESTAMP") or "").isdigit() and len(stamp) < 11 and not report.scanned_at:
        report.scanned_at = dt.datetime.fromtimestamp(int(stamp), dt.UTC)
    floor = {"0": 0.0, "1": 2.0, "2": 5.0, "3": 8.0, "4": 9.5}
    for item in host.iterfind("ReportItem"):
        score = max(_number(item.findtext("cvss3_base_score")), _number(item.findtext("cvss_base_score")))
        port = f"{item.get('port', '0')[:5]}/{item.get('protocol', '')[:4]}"
        text = "\n".join(filter(None, (item.findtext("synopsis"), item.findtext("plugin_output"))))
        yield Found(
            address, "" if port.startswith("0/") else port, _clean(item.get("pluginID"), 40),
            _clean(item.get("pluginName"), 200), _clean(item.get("pluginFamily"), 100), _clean(text),
            _cves(*(cve.text for cve in item.iterfind("cve"))), score or floor.get(item.get("severity", ""), 0.0),
        )  # fmt: skip


def _openvas(result: Element, report: Report) -> Iterator[Found]:
    address = _address(result.findtext("host"))
    if not address:
        return
    report.hosts.add(address)
    nvt = result.find("nvt")
    port = _clean(result.findtext("port"), 20)
    refs = [ref.get("id") for ref in nvt.iterfind("refs/ref")] if nvt is not None else []
    yield Found(
        address, port if port[:1].isdigit() else "", _clean(nvt.get("oid") if nvt is not None else "", 60),
        _clean((nvt.findtext("name") if nvt is not None else "") or result.findtext("name"), 200),
        _clean(nvt.findtext("family") if nvt is not None else "", 100), _clean(result.findtext("description")),
        _cves(*refs, nvt.findtext("cve") if nvt is not None else ""), _number(result.findtext("severity")),
    )  # fmt: skip


_READERS: dict[str, Callable[[Any, Report], Iterator[Found]]] = {
    "nmap": _nmap,
    "nessus": _nessus,
    "openvas": _openvas,
}
