"""Everybody the permission table speaks of, and one row of every kind for them to try.

A subject is written ``role@where``: a person with that one position, seen from the health bureau's row.

own     his position is on the row's unit          ended     on the row's unit, but it is over
below   the row's unit lies beneath his            coming    on the row's unit, from tomorrow on
above   his unit lies beneath the row's            merged    on a unit that was merged into the row's unit
other   his unit is elsewhere                      invited   elsewhere, but he takes part in the row
                                                   over      elsewhere, and his invitation is over

``anonymous``, ``nobody`` (no position) and the three administrators stand alone.
"""

from __future__ import annotations

import datetime as dt
import secrets
from types import SimpleNamespace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http.cookie import SimpleCookie
from django.utils import timezone

from assessments.models import Answer, Assessment, CatalogItem, Grading, Standard
from secmgmt.accounts import services
from secmgmt.accounts.models import AdminGrant, ApiToken
from secmgmt.core import digest, sealed
from secmgmt.core.clock import now
from secmgmt.core.models import Attachment, AuditEvent, Job, JobState, Notice, Participation, ReportRun
from tests.assets.factories import (
    make_component,
    make_data,
    make_hosting,
    make_link,
    make_network,
    make_object,
    make_register_line,
    make_zone,
)
from tests.support import CastClient, City, enrol, make_position, make_unit, make_user

from . import extras

DAY = dt.timedelta(days=1)
ALONE = {"nobody": "nobody", "system_admin": "sysadmin", "security_admin": "secadmin", "audit_admin": "auditor"}
HARMS = {"business_public_order": "serious", "service_public_order": "general"}
# what each kind of row calls those who take part in it
CAPACITIES = {
    "grading": "expert", "assessment": "assignee", "link": "peer", "hosting": "host", **extras.gathered("CAPACITIES")
}  # fmt: skip


class Cast:
    """People by subject, rows by name, and what a person is answered."""

    def __init__(self) -> None:
        self.city = City()
        self.rows: dict[str, Any] = vars(self.inventory()) | vars(self.protection())
        self.people: dict[str, Any] = {}
        self.sessions: dict[str, str] = {}
        self.rows |= vars(self.house())
        self.rows |= extras.rows(self)

    # -- people ------------------------------------------------------------------------------------------

    def person(self, subject: str) -> Any:
        """The person of a subject, made when first asked for; None is the stranger."""
        if subject == "anonymous":
            return None
        if subject in ALONE:
            return getattr(self.city, ALONE[subject])
        if subject not in self.people:
            role, _at, where = subject.partition("@")
            self.people[subject] = self.hired(f"act_as_{role}", where)
        return self.people[subject]

    def hired(self, role: str, where: str) -> Any:
        """A person with one position."""
        city, today = self.city, timezone.localdate(now())
        units = {"below": city.root, "above": city.hospital, "other": city.education, "invited": city.education,
                 "over": city.education}  # fmt: skip
        terms = {"ended": (today - 9 * DAY, today - DAY), "coming": (today + DAY, None)}
        unit = make_unit("市爱卫办", city.root) if where == "merged" else units.get(where, city.health)
        since, until = terms.get(where, (today - DAY, today + 9 * DAY))
        user = make_user(unit=unit)
        make_position(user, unit, role, valid_from=since, valid_until=until)
        if where == "merged":
            services.merge_unit(unit=unit, into=city.health, by=city.sysadmin, at=now(), reason="机构改革")
        if where in ("invited", "over"):
            self.invite(user, now() + DAY if where == "invited" else now() - DAY)
        user.forget_grants()
        if user.needs_second_factor:
            enrol(user)
        return user

    def invite(self, user: Any, until: dt.datetime) -> None:
        """Let him take part in every row that knows a way of taking part."""
        for kind, capacity in CAPACITIES.items():
            for row in self.rows.values():
                if type(row) is type(self.rows[kind]):
                    Participation.objects.create(
                        content_type=ContentType.objects.get_for_model(row), object_id=row.pk,
                        user=user, capacity=capacity, until=until,
                    )  # fmt: skip

    def client(self, subject: str) -> CastClient:
        """A fresh browser in which the subject is signed in."""
        client, user = CastClient(raise_request_exception=False), self.person(subject)
        if user is not None:
            if subject not in self.sessions:
                client.force_login(user)
                self.sessions[subject] = client.cookies.output(header="", sep=";")
            client.cookies = SimpleCookie(self.sessions[subject])
        return client

    # -- rows --------------------------------------------------------------------------------------------

    def inventory(self) -> SimpleNamespace:
        """One row of every model of the inventory, all of the health bureau."""
        health = self.city.health
        platform = make_object(health, "卫生平台", status="building", offers_hosting=True)
        tenant = make_object(health, "预约系统")
        network = make_network(platform)
        zone = make_zone(network)
        data, link = make_data(platform), make_link(platform, tenant)
        return SimpleNamespace(
            object=make_object(health, "在建系统", status="building"), platform=platform, tenant=tenant,
            register=make_register_line(health, "涉密-1"), network=network, zone=zone,
            component=make_component(platform, zone=zone), data=data, link=link,
            hosting=make_hosting(tenant, platform),
        )  # fmt: skip

    def protection(self) -> SimpleNamespace:
        """Gradings and assessments in the states in which somebody decides."""
        assessment, submitted = self.assessment("in_progress"), self.assessment("submitted", frozen_digest="f" * 64)
        standard = Standard.objects.create(code="GB/T 22239-2019", name="基本要求", digest="0")
        item = CatalogItem.objects.create(
            standard=standard, order=1, code="8.1.1.1", level=3, scope="通用", layer="安全物理环境",
            control_point="物理位置选择", domain="技术", summary="要求", sag="G",
        )  # fmt: skip
        return SimpleNamespace(
            grading=self.grading("draft"), reviewed=self.grading("expert"),
            awaiting=self.grading("authority", has_authority=True), determined=self.grading("determined"),
            assessment=assessment, submitted=submitted, answer=assessment.answers.get(), catalogitem=item,
            standard=standard,
        )  # fmt: skip

    def grading(self, state: str, **values: Any) -> Grading:
        """A level-3 grading in ``state``."""
        at = now()
        return Grading.objects.create(
            protected_object=make_object(self.city.health), report_date=at.date(), rule_set="2025", state=state,
            business_level=3, service_level=2, level=3, created_at=at, updated_at=at,
            frozen_digest="" if state == "draft" else "f" * 64, **HARMS, **values,
        )  # fmt: skip

    def assessment(self, state: str, **values: Any) -> Assessment:
        """An assessment of one item, in ``state``."""
        at = now()
        row = Assessment.objects.create(
            protected_object=make_object(self.city.health, security_level=3, business_level=3, service_level=3),
            title="自评估", standard_code="X", level=3, business_level=3, service_level=3, report_date=at.date(),
            state=state, total=1, created_at=at, updated_at=at, **values,
        )  # fmt: skip
        Answer.objects.create(
            assessment=row, order=1, code="8.1.1.1", level=3, scope="general", layer="安全物理环境",
            control_point="物理位置选择", domain="T", summary="要求",
        )  # fmt: skip
        return row

    def house(self) -> SimpleNamespace:
        """What belongs to a person, hangs on a row or stands in an administrators' area."""
        city, at, mine = self.city, now(), self.person("owner@own")
        self.person("owner@merged")  # the merger leaves the first audit event
        position = make_position(make_user(unit=city.health), city.health, "act_as_owner")
        return SimpleNamespace(
            job=self.job(mine, at), report=self.report(self.rows["assessment"], mine, at),
            file=self.file(self.rows["object"], mine, at), token=self.token(mine, at),
            notice=Notice.objects.create(
                content_type=ContentType.objects.get_for_model(self.rows["object"]), object_id=self.rows["object"].pk,
                user=mine, text="请办理", url="/objects/", at=at,
            ),
            audit=AuditEvent.objects.order_by("seq").first(),
            unit=city.hospital, user=make_user(unit=city.health), disabled=make_user(unit=city.health, is_active=False),
            administrator=city.secadmin, position=position, factor=mine,
            admingrant=AdminGrant.objects.create(
                user=city.nobody, role="audit_admin", reason="增补", asked_by=city.secadmin,
                created_at=at, updated_at=at,
            ),
        )  # fmt: skip

    def job(self, owner: Any, at: dt.datetime) -> Job:
        """A finished job about the object, with its file."""
        key = sealed.put(f"results/{secrets.token_hex(20)}", b"x")
        obj = self.rows["object"]
        return Job.objects.create(
            kind="test.file", label="导出", owner=owner, content_type=ContentType.objects.get_for_model(obj),
            object_id=obj.pk, state=JobState.DONE, created_at=at, result_key=key, result_name="a.txt",
            result_type="text/plain", result={"file": {"algorithm": "sha256"}},
            result_digest=digest.hash_bytes(b"x", "sha256"),
        )  # fmt: skip

    def file(self, parent: Any, by: Any, at: dt.datetime) -> Attachment:
        """A file kept with ``parent``."""
        key = default_storage.save(f"attachments/{secrets.token_hex(16)}", ContentFile(b"x"))
        return Attachment.objects.create(
            content_type=ContentType.objects.get_for_model(parent), object_id=parent.pk, name="a.txt", by=by, at=at,
            storage_key=key, media_type="text/plain", size=1, algorithm="sha256",
            digest=digest.hash_bytes(b"x", "sha256"),
        )  # fmt: skip

    def report(self, parent: Any, by: Any, at: dt.datetime) -> ReportRun:
        """A document made of ``parent``."""
        key = sealed.put(f"results/{secrets.token_hex(20)}", b"x")
        return ReportRun.objects.create(
            content_type=ContentType.objects.get_for_model(parent), object_id=parent.pk, kind="self-assessment",
            title="报告", fmt="pdf", storage_key=key, size=1, algorithm="sha256",
            digest=digest.hash_bytes(b"x", "sha256"), by=by, at=at,
        )  # fmt: skip

    def token(self, user: Any, at: dt.datetime) -> ApiToken:
        """An API token of ``user``."""
        return ApiToken.objects.create(
            user=user, label="报送", prefix="a1b2c3", digest="d", scope="read", created_at=at, expires_at=at + 9 * DAY
        )
