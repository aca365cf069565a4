"""Threats and vulnerabilities: shipped, tied to items, kept by the rules keeper, kept in results as they were."""

from __future__ import annotations

from django.urls import reverse

from assessments.models import RiskMatrix, Threat, Vulnerability
from assessments.risk import shipped
from assessments.risk.calculation import SHIPPED, Matrices

from .support import begun, line, signed_in, take


def test_the_shipped_lists_hang_together():
    threats = {row["code"]: row for row in shipped.rows_of("threats")}
    weak = shipped.rows_of("vulnerabilities")
    assert (len(threats), len(weak)) == (80, 194)
    for row in weak:
        assert set(row["typical_threats"].split()) <= set(threats)
        assert row["default_severity"] in "12345"
    assert {row["default_frequency"] for row in threats.values()} <= set("12345")
    assert {row["source"] for row in threats.values()} == set(Threat.Source.values)


def test_loading_again_leaves_what_was_changed(city):
    shipped.load()
    Threat.objects.filter(code="TE01").update(frequency=5, in_use=False)
    Threat.objects.filter(code="TE02").delete()
    assert "威胁 1 条" in shipped.load()
    assert Threat.objects.get(code="TE01").frequency == 5
    made: Matrices = RiskMatrix.objects.get().tables
    assert (made.likelihood, made.risk_bands, made.product_bands) == (
        SHIPPED.likelihood, SHIPPED.risk_bands, SHIPPED.product_bands
    )  # fmt: skip


def test_the_rules_keeper_edits_them_and_nobody_else(city):
    shipped.load()
    row = Vulnerability.objects.get(code="VP01")
    url = reverse("assessments:vulnerability-update", args=[row.pk])
    names = ("code", "name", "layer", "items", "description", "severity", "threats", "basis")
    sent = {name: getattr(row, name) for name in names} | {"in_use": "on", "version": row.version}
    assert signed_in(city.lin).post(url, {**sent, "severity": 5}).status_code == 403
    keeper = signed_in(city.pan)
    assert "不是第三级条款的写法" in keeper.post(url, {**sent, "items": "7.1.1.2"}).content.decode()
    assert "没有编码“TX99”" in keeper.post(url, {**sent, "threats": "TM25 TX99"}).content.decode()
    assert keeper.post(url, {**sent, "severity": 5, "is_confirmed": "on"}).status_code == 302
    page = keeper.get(row.get_absolute_url()).content.decode()
    assert "8.1.1.2" in page and "TM25 物理闯入与破坏" in page
    for name in ("threat", "vulnerability", "riskmatrix"):
        assert keeper.get(reverse(f"assessments:{name}-list")).status_code == 200
    assert keeper.get(RiskMatrix.objects.get().get_absolute_url()).status_code == 200


def test_a_result_keeps_the_words_it_was_made_with(city):
    row = begun(city)
    risk = line(city, row, treatment="transfer", measure="投保")
    take(city.lin, row, "submit")
    Threat.objects.filter(pk=risk.threat_id).update(name="改名")
    risk.refresh_from_db()
    risk.save()
    risk.refresh_from_db()
    assert risk.threat_text == "TE01 火灾"


def test_an_item_of_level_three_finds_its_vulnerabilities(city):
    shipped.load()
    row = Vulnerability(items="8.1.1.2 8.1.8.2a")
    assert row.fails("8.1.1.2") and row.fails("8.1.1.2a") and row.fails("8.1.8.2a")
    assert not row.fails("8.1.1.20a") and not row.fails("8.1.8.2b") and not row.fails("7.1.1.2") and not row.fails("")
