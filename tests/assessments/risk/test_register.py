"""A risk assessment through its pages: assets, register, method kept, submission, acceptance, signature, report."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from assessments.models import Rectification, Risk, RiskAssessment, RiskMatrix
from assessments.risk import figures, queries, reports, services
from secmgmt.core import ports
from secmgmt.core.clock import now, today
from secmgmt.core.figures import FigureScope, value
from secmgmt.core.models import AuditEvent, Notice
from secmgmt.core.reporting.render import render
from tests.assets.factories import make_component, make_object
from tests.support import make_position

from .support import asset, begun, line, signed_in, take, threat


def update(city, row, **values):
    form = {"title": row.title, "scope": row.scope, "assessed_on": row.assessed_on.isoformat(), "rule": row.rule}
    sent = {**form, "method": row.method, "matrix": row.matrix_id or "", "version": row.version, **values}
    return signed_in(city.lin).post(reverse("assessments:riskassessment-update", args=[row.pk]), sent)


def problem(city, obj, **values):
    """An item of rectification that is open."""
    at = now()
    given = {"clause": "8.1.1.3a", "risk": "高", **values}
    return Rectification.objects.create(
        number=f"ZG-2026-{Rectification.objects.count() + 1:04d}", protected_object=obj, title="机房无门禁",
        finding="钥匙管理", found_on=today(), due_on=today(), verifier_role="act_as_unit_lead", created_at=at,
        updated_at=at, **given,
    )  # fmt: skip


def test_each_result_keeps_its_method_and_a_change_of_method_calculates_anew(city):
    row = begun(city)
    risk = line(city, row)
    assert (risk.asset_value, risk.value, risk.level) == (2, 20, 4)
    assert (risk.likelihood_grade, risk.loss_grade) == (4, 4)
    assert (risk.method, risk.edition) == ("matrix", "GB/T 20984-2007")
    page = signed_in(city.lin).get(risk.get_absolute_url()).content.decode()
    assert "相乘法：风险值 10，低" in page  # the other method beside it
    assert update(city, row, method="product").status_code == 302
    risk.refresh_from_db()
    assert (risk.value, risk.level, risk.method) == (10, 2, "product")
    row.refresh_from_db()
    one = row.assets.get()
    sent = {"layer": "business", "name": one.name, "confidentiality": 5, "integrity": 1, "availability": 1}
    url = reverse("assessments:riskasset-update", args=[one.pk])
    assert signed_in(city.lin).post(url, {**sent, "version": one.version}).status_code == 302
    risk.refresh_from_db()
    assert risk.asset_value == 4  # log₂ of the mean of 2⁵, 2, 2
    assert update(city, row, method="product", rule="max").status_code == 302
    risk.refresh_from_db()
    assert risk.asset_value == 5


def test_what_was_submitted_keeps_its_result_whatever_becomes_of_the_tables(city):
    row = begun(city)
    matrix = RiskMatrix.objects.get()
    assert update(city, row, matrix=matrix.pk).status_code == 302
    risk = line(city, row, treatment="transfer", measure="投保")
    fields = [field.name for field in RiskMatrix._meta.fields if field.editable and field.name != "id"]
    sent = {name: getattr(matrix, name) for name in fields} | {"is_confirmed": "", "in_use": "on"}
    url = reverse("assessments:riskmatrix-update", args=[matrix.pk])
    changed = {**sent, "risk_bands": "6 12 18 19 25", "version": matrix.version}
    assert signed_in(city.lin).post(url, changed).status_code == 403
    assert "逐级增大" in signed_in(city.pan).post(url, {**changed, "risk_bands": "6 12 18 18 25"}).content.decode()
    assert "5 行 5 列" in signed_in(city.pan).post(url, {**changed, "risk": "1 2"}).content.decode()
    assert signed_in(city.pan).post(url, changed).status_code == 302
    risk.refresh_from_db()
    assert (risk.value, risk.level) == (20, 5)  # a draft follows its tables
    assert take(city.lin, row, "submit") == 302
    matrix.refresh_from_db()
    assert signed_in(city.pan).post(url, {**changed, "version": matrix.version}).status_code == 409
    RiskMatrix.objects.update(risk_bands="6 12 18 24 25")
    risk.refresh_from_db()
    risk.save()
    risk.refresh_from_db()
    assert risk.level == 5


def test_assets_make_a_tree_of_business_system_and_components(city):
    obj = make_object(city.health, owner=city.lin, business_level=3, service_level=2, business="挂号")
    make_component(obj, name="数据库服务器")
    row = begun(city, obj=obj)
    url = reverse("assessments:riskassessment-inventory", args=[row.pk])
    assert signed_in(city.lin).post(url).status_code == 302
    found = [(depth, a.name, a.layer, a.confidentiality, a.availability) for depth, a in queries.tree(row)]
    assert found == [
        (0, "挂号", "business", 3, 2), (1, obj.name, "system", 3, 2), (2, "数据库服务器", "component", 3, 2)
    ]  # fmt: skip
    signed_in(city.lin).post(url)
    assert row.assets.count() == 3  # nothing twice
    business = row.assets.get(layer="business")
    assert "挂在一项“系统资产”下" in str(
        signed_in(city.lin).post(
            reverse("assessments:riskasset-create"),
            {"assessment": row.pk, "layer": "component", "name": "防火墙", "parent": business.pk, "version": 0,
             "confidentiality": 1, "integrity": 1, "availability": 1},
        ).content.decode()
    )  # fmt: skip
    asset(city, row, "另一业务", parent=business.pk, status=422)
    other = begun(city, title="另一评估", obj=obj)
    asset(city, other, "系统", layer="system", parent=business.pk, status=422)  # of another assessment


def test_a_problem_still_open_becomes_a_risk_and_is_not_followed_twice(city, monkeypatch):
    followed = []
    monkeypatch.setattr(ports.open_corrective_action, "provider", lambda what, by, at: followed.append(what))
    obj = make_object(city.health, owner=city.lin)
    item, foreign = problem(city, obj), problem(city, make_object(city.education, owner=city.su))
    row = begun(city, obj=obj)
    asset(city, row)
    page = signed_in(city.lin).get(row.get_absolute_url()).content.decode()
    assert "尚未纳入的未整改问题" in page and str(item) in page and str(foreign) not in page
    form = signed_in(city.lin).get(f"{reverse('assessments:risk-create')}?assessment={row.pk}&problem={item.pk}")
    initial = form.context["form"].initial
    assert (initial["severity"], initial["vulnerability"] is not None) == (4, True)  # one vulnerability fails 8.1.1.3a
    values = {"vulnerability": "", "severity": "", "frequency": ""}
    line(city, row, status=422, problem=item.pk, **values)  # no severity to start from
    due = (today() + dt.timedelta(days=60)).isoformat()
    treated = {"treatment": "reduce", "measure": "装门禁", "due_on": due}
    risk = line(city, row, problem=item.pk, **{**values, "severity": 4}, **treated)
    assert (risk.frequency, risk.weakness) == (1, str(item))  # the threat's own frequency
    line(city, row, status=422, problem=foreign.pk, **{**values, "severity": 4})
    line(city, row, status=422, **{**values, "severity": 4})  # neither problem nor vulnerability
    assert "尚未纳入" not in signed_in(city.lin).get(row.get_absolute_url()).content.decode()
    assert (take(city.lin, row, "submit"), take(city.zhou, row, "sign"), followed) == (302, 302, [])


def test_from_register_to_signature_with_acceptance_and_what_is_followed(city, monkeypatch):
    followed = []
    monkeypatch.setattr(ports.open_corrective_action, "provider", lambda what, by, at: followed.append(what))
    row = begun(city)
    assert take(city.lin, row, "submit") == 422  # nothing in the register
    line(city, row)
    assert take(city.lin, row, "submit") == 422  # nothing decided about a high risk
    Risk.objects.all().delete()
    due = (today() + dt.timedelta(days=60)).isoformat()
    reduced = line(
        city, row, treatment="reduce", measure="装门禁", due_on=due, residual_severity=2, controls="双人值守"
    )
    assert (reduced.residual_value, reduced.residual_level) == (6, 1)
    kept = line(city, row, threat=threat("TE02"), treatment="accept", measure="改造期不足一年")
    line(city, row, threat=threat("TE02"), status=422)  # the same once more
    assert take(city.lin, row, "submit") == 302
    assert take(city.zhou, row, "sign") == 422  # the acceptance is wanting
    url = reverse("assessments:risk-accept", args=[kept.pk])
    far = {"reason": "年内搬迁", "until": "2099-01-01", "version": kept.version}
    assert signed_in(city.gao).post(url, far).status_code == 422
    assert signed_in(city.gao).post(url, far | {"until": due}).status_code == 302
    assert take(city.zhou, row, "sign") == 302
    assert [(what.origin, what.source, what.severity) for what in followed] == [("risk", reduced, "high")]
    assert ports.corrective_action_changed("risk", reduced.pk, "closed", by=city.zhou, at=now())
    page = signed_in(city.lin).get(row.get_absolute_url()).content.decode()
    assert "风险分布" in page and "loss_grade=4&amp;likelihood_grade=4" in page
    listed = f"{reverse('assessments:risk-list')}?assessment={row.pk}&loss_grade=4&likelihood_grade=4"
    assert len(signed_in(city.lin).get(listed).context["page"].rows) == 2
    document = reports.build(RiskAssessment.objects.get(pk=row.pk), by=city.lin, at=now())
    for form in ("pdf", "docx", "xlsx"):
        assert len(render(document, form)) > 2000


def test_an_acceptance_that_runs_out_is_called_back_and_told(city):
    row = begun(city)
    risk = line(city, row, treatment="accept", measure="年内搬迁")
    take(city.lin, row, "submit")
    until = today() + dt.timedelta(days=10)
    services.accept_risk(risk=risk, reason="搬迁", until=until, version=risk.version, by=city.gao, at=now())
    assert services.recall_lapsed(now() + dt.timedelta(days=10)) == 0  # its last day still holds
    assert services.recall_lapsed(now() + dt.timedelta(days=11)) == 1
    assert services.recall_lapsed(now() + dt.timedelta(days=11)) == 0
    risk.refresh_from_db()
    assert (risk.accepted_until, risk.accepted_by, risk.lapsed_on) == (None, None, until)
    assert "待重新办理" in risk.standing
    assert risk in queries.to_accept(city.gao, today())
    told = Notice.objects.filter(text__contains="到期，须重新决定")
    assert {city.gao.pk, city.lin.pk} <= set(told.values_list("user", flat=True))
    assert AuditEvent.objects.filter(verb="assessments.risk.lapse", actor_id=None).exists()


def test_an_inspection_is_led_by_an_inspector_and_signed_by_the_leadership(city):
    assert begun(city, status=422, leading="inspection") is None
    row = begun(city, by=city.shen, leading="inspection", title="检查评估")
    line(city, row, by=city.shen, treatment="transfer", measure="投保")
    assert take(city.lin, row, "submit") == 403
    make_position(city.lin, city.education, "act_as_inspector")  # an inspector elsewhere
    assert take(city.lin, row, "submit") == 403
    assert take(city.shen, row, "submit") == 302
    assert take(city.zhou, row, "sign") == 403
    assert row in queries.to_sign(city.gao)
    assert row not in queries.to_sign(city.zhou)
    assert take(city.gao, row, "sign") == 302


def test_the_figures_are_of_the_last_signed_register(city):
    scope = FigureScope(city.gao, today(), today(), today(), (city.root.path,))

    found = {figure.code: figure for figure in figures.FIGURES}

    def told():
        return {code: value(found[code], scope).text for code in ("risk-assessed", "risk-high", "risk-treated")}

    obj = make_object(city.health, owner=city.lin, security_level=3, in_operation_on=today())
    row = begun(city, obj=obj)
    item = problem(city, obj)
    due = (today() + dt.timedelta(days=60)).isoformat()
    line(city, row, treatment="transfer", measure="投保")
    line(city, row, problem=item.pk, threat=threat("TE02"), treatment="reduce", measure="装门禁", due_on=due)
    line(city, row, threat=threat("TE03"), severity=1, frequency=1)
    assert told() == {"risk-assessed": "0.00%", "risk-high": "0", "risk-treated": "—"}
    take(city.lin, row, "submit")
    take(city.zhou, row, "sign")
    assert told() == {"risk-assessed": "100.00%", "risk-high": "2（1个已处置）", "risk-treated": "50.00%"}
    Rectification.objects.filter(pk=item.pk).update(state="closed")  # what follows the second is done
    assert told() == {"risk-assessed": "100.00%", "risk-high": "2（2个已处置）", "risk-treated": "100.00%"}
    later = begun(city, obj=obj, title="又一次")
    line(city, later, treatment="avoid", measure="停用")
    take(city.lin, later, "submit")
    take(city.zhou, later, "sign")
    assert set(queries.standing_risks()) == set(later.risks.all())
    for address in ("/", reverse("assessments:risk-list"), row.protected_object.get_absolute_url()):
        assert signed_in(city.gao).get(address).status_code == 200
