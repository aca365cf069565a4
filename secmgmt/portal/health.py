"""The health page: fonts, database, queue, disk and the head of the audit chain, each with one sentence."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from secmgmt.core import errors, manifest
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent, AuditHead, Job, JobState
from secmgmt.core.reporting.fonts import describe_font

LOW_DISK_BYTES = 2 * 1024**3
LATE_JOB = dt.timedelta(minutes=5)
WHO_MAY = ("system_admin", "security_admin", "audit_admin")


@dataclass(frozen=True)
class Line:
    """One line: what, how it stands (ok, warn, bad), and the sentence that says so."""

    label: str
    tone: str
    text: str


def lines() -> list[Line]:
    """Every probe of the house and of the apps."""
    own = [database(), queue(), disk(), fonts(), chain()]
    return own + [Line(str(check.label), *check.probe()) for check in manifest.collect("health")]


def database() -> Line:
    """Answers, and which kind it is."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        return Line(_("数据库"), "bad", _("没有应答：%(why)s。请检查数据库服务") % {"why": str(error).strip()})
    return Line(_("数据库"), "ok", _("%(kind)s，应答正常") % {"kind": connection.display_name})


def queue() -> Line:
    """Jobs that wait longer than they should mean that no worker runs."""
    waiting = Job.objects.filter(state=JobState.QUEUED)
    late = waiting.filter(created_at__lt=now() - LATE_JOB).count()
    if late:
        return Line(_("后台任务"), "bad", _("%(n)d 个任务等了 5 分钟以上，请检查工作进程") % {"n": late})
    return Line(_("后台任务"), "ok", _("排队 %(n)d 个") % {"n": waiting.count()})


def disk() -> Line:
    """Free space where files are kept."""
    free = shutil.disk_usage(settings.VAR_DIR).free
    if free > LOW_DISK_BYTES:
        return Line(_("磁盘"), "ok", _("剩余 %(gib).1f GiB") % {"gib": free / 1024**3})
    return Line(_("磁盘"), "bad", _("只剩 %(gib).1f GiB，请清理或扩容") % {"gib": free / 1024**3})


def fonts() -> Line:
    """Which font the PDF reports use."""
    font = describe_font()
    if font.embedded:
        return Line(_("报告字体"), "ok", _("%(name)s，嵌入 PDF") % {"name": Path(font.path).name})
    return Line(_("报告字体"), "warn", _("%(name)s，未嵌入：请安装 fonts-wqy-microhei") % {"name": font.name})


def chain() -> Line:
    """Whether the chain ends where its head says; verify_audit checks the whole."""
    head = AuditHead.objects.filter(pk=1).first()
    if head is None and not AuditEvent.objects.exists():
        return Line(_("审计链"), "ok", _("还没有记录"))
    # what is written while this looks comes after the head that was read
    known = AuditEvent.objects.filter(seq__lte=head.seq).order_by("-seq") if head else AuditEvent.objects.none()
    end = known.values_list("seq", "digest").first()
    if head is None or end not in ((head.seq, head.digest), None) or (end is None and head.seq > head.start_seq):
        return Line(_("审计链"), "bad", _("最后一条与链头不符，记录可能被删改：请运行 verify_audit 并保全数据库"))
    return Line(_("审计链"), "ok", _("第 %(seq)d 条，摘要 %(mark)s…") % {"seq": head.seq, "mark": head.digest[:12]})


def require_administrator(user: Any) -> None:
    """The state of the machine is for the three administrators."""
    if user.admin_role not in WHO_MAY:
        raise errors.NotAllowed(_("运行状况由管理员查看。"), who_may=_("系统管理员、安全管理员、审计管理员"))


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The health page."""
    require_administrator(request.user)
    return render(request, "portal/health.html", {"lines": lines()})
