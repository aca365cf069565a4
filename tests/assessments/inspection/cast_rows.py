"""What inspections add to the tests of the whole house."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType

from assessments.models import (
    Department,
    Inspection,
    InspectionItem,
    IssuedNotice,
    NoticeKind,
)
from secmgmt.core.clock import now, today
from secmgmt.core.models import Decision, Participation
from tests.assets.factories import make_object

CAPACITIES = {"inspection": "inspection_member"}
KINDS = {
    "inspectionitem": "inspectionitem", "issuednotice": "issuednotice", "department": "department",
    "noticekind": "noticekind", "inspection": "inspection",
}  # fmt: skip


def department(code: str = "CAC") -> Department:
    at = now()
    stamp = {"created_at": at, "updated_at": at}
    found = Department.objects.filter(code=code).first()
    return found or Department.objects.create(code=code, name="市网信办", short="网信办", kind="统筹", **stamp)


def notice_kind(*, signed: bool = False) -> NoticeKind:
    at = now()
    name, word = ("督办函", "网办督") if signed else ("整改通知", "网办改")
    found = NoticeKind.objects.filter(word=word).first()
    return found or NoticeKind.objects.create(
        department=department(), name=name, word=word, basis="检查制度", reply_days=15, needs_signature=signed,
        created_at=at, updated_at=at,
    )  # fmt: skip


def inspection(health: Any, state: str = "planned", **values: Any) -> Inspection:
    """One with a met item and a finding that was not put right, and the draft of its notice."""
    at = now()
    obj = make_object(health, security_level=3, business_level=3, service_level=3)
    row = Inspection.objects.create(
        protected_object=obj, title="年度检查", lead=department(), basis="检查制度", starts_on=at.date(),
        ends_on=at.date(), standard_code="X", level=3, state=state, draft_kind=notice_kind(), draft_text="请整改。",
        draft_deadline=today(), created_at=at, updated_at=at,
        **{"finding_count": 1, **values},
    )  # fmt: skip
    for order, result in ((1, "met"), (2, "unmet")):
        InspectionItem.objects.create(
            inspection=row, order=order, code=f"8.1.1.{order}", layer="安全物理环境", control_point="物理位置选择",
            summary="要求", result=result, method="examine", risk="高" if result == "unmet" else "", found="情况",
            recheck="open" if result == "unmet" else "", created_at=at, updated_at=at,
        )  # fmt: skip
    return row


def notice(row: Inspection, state: str = "issued") -> IssuedNotice:
    at, kind = now(), notice_kind()
    number = IssuedNotice.objects.filter(kind=kind).count() + 1
    return IssuedNotice.objects.create(
        inspection=row, protected_object=row.protected_object, kind=kind, kind_name=kind.name, issuer="市网信办",
        basis="检查制度", year=at.year, sequence=number, number=f"网办改〔{at.year}〕{number}号", issued_on=at.date(),
        deadline=today(), text="请整改。", reply="已整改。", state=state, created_at=at, updated_at=at,
    )  # fmt: skip


def rows(cast: Any) -> dict[str, Any]:
    """An inspection in each state in which somebody else decides."""
    health = cast.city.health
    issued = inspection(health, "issued")
    onsite = inspection(health, "onsite")
    return {
        "department": department(), "noticekind": notice_kind(), "inspection": inspection(health),
        "signing": inspection(health, "signing"), "onsite": onsite, "inspectionitem": onsite.items.get(order=1),
        "issuednotice": notice(issued), "received": notice(inspection(health, "issued"), "received"),
    }  # fmt: skip


LISTS = {
    "inspection": ("inspector@below", lambda cast, n: inspection(cast.city.health)),
    "inspectionitem": ("inspector@below", lambda cast, n: inspection(cast.city.health)),
    "issuednotice": ("owner@own", lambda cast, n: notice(inspection(cast.city.health, "issued"))),
    "department": ("rules_keeper@below", lambda cast, n: _more_department(n)),
    "noticekind": ("rules_keeper@below", lambda cast, n: _more_kind(n)),
}


def _more_department(n: int) -> Department:
    at = now()
    return Department.objects.create(
        code=f"D{n}", name=f"部门{n}", short=f"部{n}", kind="参与部门", created_at=at, updated_at=at
    )


def _more_kind(n: int) -> NoticeKind:
    at = now()
    return NoticeKind.objects.create(
        department=department(), name=f"文书{n}", word=f"字{n}", basis="制度", created_at=at, updated_at=at
    )


def make_inspection(stage: Any, state: str) -> Inspection:
    """With a member in its team, and a notice where one is out."""
    row = inspection(stage.cast.city.health, state)
    if state in ("issued", "rechecking"):
        notice(row, "replied")
    Participation.objects.create(
        content_type=ContentType.objects.get_for_model(row), object_id=row.pk,
        user=stage.cast.person("expert@invited"), capacity="inspection_member",
    )  # fmt: skip
    return row


def make_notice(stage: Any, state: str) -> IssuedNotice:
    """A notice of the health bureau."""
    return notice(inspection(stage.cast.city.health, "issued"), state)


MAKERS = {"assessments.Inspection": make_inspection, "assessments.IssuedNotice": make_notice}
PAGES = {
    "assessments.Inspection": "assessments:inspection-transition",
    "assessments.IssuedNotice": "assessments:issuednotice-transition",
}
OTHERS = {"finding_count": lambda value: 1 - value}


def proposed(row: Any, person: Any) -> None:
    """The person put the notice before the leadership."""
    Decision.objects.create(
        content_type=ContentType.objects.get_for_model(row), object_id=row.pk, transition="propose", label="报请签发",
        source="", target="", by=person, by_name=person.audit_name, at=now(),
    )  # fmt: skip


HATS = {"proposer": proposed}
WORN = {"assessments.Inspection": ("proposer",), "assessments.IssuedNotice": ()}
