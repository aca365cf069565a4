"""Scanners' files are read as a stream: three formats, nothing expanded, flat memory."""

from __future__ import annotations

import tracemalloc
from io import BytesIO

import pytest

from assessments.scanning import parsing
from secmgmt.core.filesafety.refusal import FileRefused

from . import files


def found_in(text: str) -> tuple[list[parsing.Found], parsing.Report]:
    """What a file says."""
    report = parsing.Report()
    return list(parsing.read(BytesIO(text.encode()), report)), report


def test_nmap_gives_open_ports_and_what_scripts_found_of_hosts_that_are_up():
    found, report = found_in(files.NMAP)
    assert (report.source, report.hosts, report.scanned_at.year) == ("nmap", {"10.1.2.5"}, 2025)
    assert [(row.port, row.is_open_port) for row in found] == [
        ("23/tcp", True), ("443/tcp", True), ("445/tcp", True), ("445/tcp", False)
    ]  # fmt: skip
    assert found[1].service == "443/tcp https nginx 1.24.0" and found[3].cves == ("CVE-2017-0143",)


def test_nessus_and_openvas_give_address_port_score_and_cve():
    found, report = found_in(files.nessus({"10.1.2.5": files.LOG4J + files.STRANGE}))
    assert (report.source, [row.cvss for row in found], found[0].cves) == ("nessus", [10.0, 0.0], ("CVE-2021-44228",))
    found, report = found_in(files.OPENVAS)
    assert (report.source, found[0].address, found[0].port, found[0].cvss) == ("openvas", "10.1.2.5", "443/tcp", 4.3)
    assert found[0].cves == ("CVE-2011-3389",) and report.scanned_at.day == 24


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (files.LAUGHS, "xml-entities"),
        (files.OUTSIDE, "xml-entities"),
        ("<html><body>x</body></html>", "not-a-scan"),
        ("PK\x03\x04", "bad-xml"),
        (files.NMAP[:400], "bad-xml"),
        ("<nmaprun>" + "<a>" * 60 + "</a>" * 60 + "</nmaprun>", "too-deep"),
    ],
)
def test_a_hostile_or_wrong_file_is_refused_by_what_it_is(text, code):
    with pytest.raises(FileRefused) as refused:
        found_in(text)
    assert refused.value.code == code


def test_a_document_type_kept_elsewhere_is_never_fetched(monkeypatch):
    def nowhere(*args: object) -> None:
        raise AssertionError("went out")

    monkeypatch.setattr("socket.socket.connect", nowhere)
    assert found_in(files.EXTERNAL_DTD)[0] == []


class Endless:
    """A generated file of ``hosts`` hosts that never stands in memory as a whole."""

    def __init__(self, hosts: int) -> None:
        self.left, self.rest, self.size = hosts, b'<NessusClientData_v2><Report name="x">', 0

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size and self.left >= 0:
            item = files.LOG4J.replace("A package", "A package " * 120)
            host = f'<ReportHost name="10.{self.left // 250}.0.{self.left % 250}">{item * 10}</ReportHost>'
            self.rest += host.encode() if self.left else b"</Report></NessusClientData_v2>"
            self.left -= 1
        part, self.rest = self.rest[:size], self.rest[size:]
        self.size += len(part)
        return part


def test_memory_does_not_grow_with_the_file():
    def peak(hosts: int) -> tuple[int, int]:
        file = Endless(hosts)
        tracemalloc.start()
        count = sum(1 for _found in parsing.read(file, parsing.Report()))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == hosts * 10
        return top, file.size

    small, short = peak(40)
    large, long = peak(400)
    assert long > 9 * short and long > 5_000_000
    assert large < small + 600_000


def test_more_than_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(parsing, "MAX_FINDINGS", 5)
    with pytest.raises(FileRefused, match="分批"):
        found_in(files.nessus({"10.1.2.5": files.LOG4J * 6}))
