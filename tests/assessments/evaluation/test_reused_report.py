"""What a report says of last time and of platforms, and the term of evidence on the answering page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.evaluation import reports
from assessments.evaluation.workflow import WORKFLOW
from secmgmt.core import attachments, errors
from secmgmt.core.clock import today
from secmgmt.core.reporting.document import GroupRow, Heading, Paragraph, Table
from secmgmt.core.workflow import seen_token
from tests.support import City

from .reusing import begin, confirmed, row_of, settle
from .test_inheritance import ROOM, client_of, cloud, own_code, tenant  # noqa: F401 - fixtures


def words(document) -> str:
    """Everything a document says, one line a block or row."""
    lines = []
    for block in document.blocks:
        if isinstance(block, Heading | Paragraph):
            lines.append(block.text)
        elif isinstance(block, Table):
            for row in block.rows:
                lines.append(row.text if isinstance(row, GroupRow) else "|".join(map(str, row)))
    return "\n".join(lines)


def test_a_report_compares_with_last_time_and_marks_what_was_taken_over(city: City, cloud, tenant, at):  # noqa: F811
    own = own_code()
    confirmed(cloud, city.qin, city.luo, at - dt.timedelta(days=40), {ROOM: "partial"})
    first = confirmed(tenant, city.lin, city.zhou, at - dt.timedelta(days=30), {own: "unmet"})
    assert "没有可比的" in words(reports.build(first, by=city.lin, at=at))
    second = begin(tenant, city.lin, at, previous=first)
    settle(second, {own: "met"}, city.lin)
    told = words(reports.build(second, by=city.lin, at=at))
    assert "六、与上次比较" in told and "变好 1" in told and f"{own}|" in told
    assert "〔平台：政务云 部分符合，市数据局" in told and "自评估〕" in told
    assert "〔沿用" in told and "已 30 天〕" in told
    row = row_of(second, own)
    assert f"{row.code}|{row.summary}|不符合|符合" in told


def evidence(row, user, at, text="公开"):
    file = SimpleUploadedFile("证书.txt", text.encode())
    return attachments.attach(parent=row, upload=file, by=user, at=at, declared_not_secret=True)


def test_the_term_of_evidence_is_written_beside_it_and_an_expired_one_is_renewed_before_submission(
    assessment, city: City, at
):
    settle(assessment, None, city.lin)
    row = row_of(assessment, ROOM)
    file, client = evidence(row, city.lin, at), client_of(city.lin)
    where = reverse("assessments:answer-term", args=[row.pk, file.pk])
    page = client.get(row.get_absolute_url()).content.decode()
    assert where in page and 'name="valid_until"' in page
    assert client.post(where, {"valid_until": "明年"}).status_code == 422
    yesterday = today() - dt.timedelta(days=1)
    assert client.post(where, {"valid_until": yesterday.isoformat()}).status_code == 302
    assert "已过有效期" in client.get(row.get_absolute_url()).content.decode()
    assert where not in client_of(city.zhou).get(row.get_absolute_url()).content.decode()
    at = dt.datetime.combine(today(), dt.time(4), dt.UTC)
    with pytest.raises(errors.Incomplete, match="证据都已过有效期") as refused:
        WORKFLOW.fire(assessment, "submit", by=city.lin, at=at, seen=seen_token(assessment))
    assert refused.value.missing[0][1] == row.get_absolute_url()
    evidence(row, city.lin, at, "续期")
    WORKFLOW.fire(assessment, "submit", by=city.lin, at=at, seen=seen_token(assessment))
