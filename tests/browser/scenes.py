"""Pages that a request without data never leads to: a link's token, a password given again, a workbook sent.

A scene gives the response that somebody is shown. Its key begins with the name of the URL whose page it is.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse
from openpyxl import load_workbook

from assessments.models import Standard
from secmgmt.accounts import demosignin, services
from secmgmt.accounts.models import User
from secmgmt.core import errors
from secmgmt.core.clock import now
from secmgmt.core.models import Job, JobState
from secmgmt.core.workflow import seen_token
from tests.architecture.cast import Cast
from tests.assessments.catalog.support import table
from tests.assets.factories import make_component, make_link
from tests.support import PASSWORD, CastClient, login, totp_code

Scene = Callable[[Cast], Any]
SCENES: dict[str, Scene] = {}
IMPORTED = {
    **{f"assets:{key}": "owner@own" for key in ("object", "network", "zone", "component", "data", "link", "hosting")},
    **{f"administration:{key}": "system_admin" for key in ("unit", "user")},
    "administration:position": "security_admin",
}


def scene(*names: str) -> Callable[[Scene], Scene]:
    """What the decorated function shows is the page of these names."""

    def keep(function: Scene) -> Scene:
        SCENES.update(dict.fromkeys(names, function))
        return function

    return keep


def at_door(cast: Cast, subject: str) -> CastClient:
    """A browser whose person just gave the password again."""
    client, user = CastClient(), cast.person(subject)
    login(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_reauthenticate"), {"code": totp_code(1)})
    return client


def shown(client: CastClient, name: str, *, data: Any = None, **arguments: Any) -> Any:
    """The page that a URL name leads to in the end; with data it is sent."""
    where = reverse(name, kwargs=arguments)
    return client.get(where, follow=True) if data is None else client.post(where, data, follow=True)


# -- signing in ------------------------------------------------------------------------------------------


@scene("account_login wrong password")
def wrong_password(cast: Cast) -> Any:
    return shown(CastClient(), "account_login", data={"login": "lin", "password": "wrong"})


@scene("account_first_password")
def first_password(cast: Cast) -> Any:
    token = services.issue_first_password_link(user=cast.city.lin, by=cast.city.sysadmin, at=now())
    return shown(CastClient(), "account_first_password", token=token)


@scene("account_first_password weak")
def weak_password(cast: Cast) -> Any:
    token = services.issue_first_password_link(user=cast.city.lin, by=cast.city.sysadmin, at=now())
    return shown(CastClient(), "account_first_password", token=token, data={"password1": "1", "password2": "2"})


@scene("account_demo")
def demo_link(cast: Cast) -> Any:
    User.objects.filter(pk=cast.city.lin.pk).update(is_demo=True)
    cast.city.lin.refresh_from_db()
    return shown(CastClient(), "account_demo", token=demosignin.link_token(cast.city.lin))


def half_in(cast: Cast) -> CastClient:
    """A browser between password and code."""
    client = CastClient()
    client.post(reverse("account_login"), {"login": cast.city.zhou.username, "password": PASSWORD})
    return client


@scene("mfa_authenticate")
def asked_for_code(cast: Cast) -> Any:
    return shown(half_in(cast), "mfa_authenticate")


@scene("mfa_authenticate wrong code")
def wrong_code(cast: Cast) -> Any:
    return shown(half_in(cast), "mfa_authenticate", data={"code": "000000"})


@scene("mfa_activate_totp")
def enrolling(cast: Cast) -> Any:
    return shown(at_door(cast, "owner@own"), "mfa_activate_totp")


@scene("mfa_activate_totp wrong code")
def enrolling_wrongly(cast: Cast) -> Any:
    return shown(at_door(cast, "owner@own"), "mfa_activate_totp", data={"code": "000000"})


@scene("mfa_deactivate_totp")
def removing(cast: Cast) -> Any:
    return shown(at_door(cast, "unit_lead@own"), "mfa_deactivate_totp")


@scene("mfa_generate_recovery_codes")
def before_codes(cast: Cast) -> Any:
    return shown(at_door(cast, "unit_lead@own"), "mfa_generate_recovery_codes")


@scene("mfa_view_recovery_codes")
def recovery_codes(cast: Cast) -> Any:
    client = at_door(cast, "unit_lead@own")
    client.post(reverse("mfa_generate_recovery_codes"))
    return shown(client, "mfa_view_recovery_codes")


@scene("me:token-issue")
def before_token(cast: Cast) -> Any:
    return shown(at_door(cast, "owner@own"), "me:token-issue")


@scene("me:token-issue issued")
def token_shown(cast: Cast) -> Any:
    client = at_door(cast, "owner@own")
    return shown(client, "me:token-issue", data={"label": "报送", "scope": "read", "days": "30"})


# -- workbooks -------------------------------------------------------------------------------------------


def preview_of(name: str, subject: str, spoil: Callable[[Any], None] | None = None) -> Scene:
    """The preview of one's own rows, sent back as they were exported or spoilt."""

    def sent(cast: Cast) -> Any:
        client = cast.client(subject)
        content = client.get(reverse(f"{name}-import-rows")).content
        if spoil:
            book, out = load_workbook(io.BytesIO(content)), io.BytesIO()
            spoil(book.worksheets[0])
            book.save(out)
            content = out.getvalue()
        return shown(client, f"{name}-import", data={"file": SimpleUploadedFile("台账.xlsx", content)})

    return sent


def spoil(sheet: Any) -> None:
    """A changed row, a row without a name, and a new one that says almost nothing."""
    heads = [cell.value for cell in sheet[1]]
    name = next(place for place, head in enumerate(heads, start=1) if "名称" in str(head))
    sheet.cell(2, name).value = "改名后的系统"
    sheet.cell(3, name).value = None
    sheet.cell(sheet.max_row + 1, name).value = "只有名称"


SCENES.update({f"{name}-import-preview": preview_of(name, subject) for name, subject in IMPORTED.items()})
SCENES["assets:object-import-preview errors"] = preview_of("assets:object", "owner@own", spoil)


@scene("assessments:standard-overlay-preview")
def overlay(cast: Cast) -> Any:
    file = table(["条款", "官方原文", "重要程度"], ["8.1.1.1", "应设在安全的地方。", "关键"])
    pk = Standard.objects.get().pk
    return shown(cast.client("rules_keeper@below"), "assessments:standard-overlay", pk=pk, data={"file": file})


@scene("assessments:standard-overlay wrong cell")
def wrong_overlay(cast: Cast) -> Any:
    file, pk = table(["条款", "重要程度"], ["9.9.9.9z", "很重要"]), Standard.objects.get().pk
    return shown(cast.client("rules_keeper@below"), "assessments:standard-overlay", pk=pk, data={"file": file})


@scene("assessments:standard-import-preview")
def new_standard(cast: Cast) -> Any:
    file = table(
        ["等级", "条款", "安全层面", "控制点", "领域", "要求"],
        [2, "A.1", "数据治理", "数据目录", "管理", "编制政务数据目录"],
    )
    data = {"number": "DB41/T 1234", "edition": "2026", "name": "政务数据安全规范", "file": file}
    return shown(cast.client("rules_keeper@below"), "assessments:standard-import", data=data)


@scene("assets:object-import no workbook")
def no_workbook(cast: Cast) -> Any:
    return shown(
        cast.client("owner@own"), "assets:object-import", data={"file": SimpleUploadedFile("台账.xlsx", b"text")}
    )


# -- lists, search, jobs, reports ------------------------------------------------------------------------


def asked(subject: str, name: str, query: str) -> Scene:
    """A page with a query."""
    return lambda cast: cast.client(subject).get(f"{reverse(name)}?{query}")


SCENES["assets:object-list no hits"] = asked("owner@own", "assets:object-list", "q=没有这个词")
SCENES["assets:object-list narrowed"] = asked("owner@own", "assets:object-list", "sort=-name&cols=name,unit")
SCENES["assessments:catalogitem-list no hits"] = asked("owner@own", "assessments:catalogitem-list", "q=没有这个词")
SCENES["portal:home in the demo"] = asked("owner@own", "portal:home", "")
SCENES["core:search hits"] = asked("owner@own", "core:search", "q=系统")
SCENES["core:search no hits"] = asked("owner@own", "core:search", "q=没有这个词")


@scene("assets:object-create wrong")
def wrong_object(cast: Cast) -> Any:
    return shown(cast.client("owner@own"), "assets:object-create", data={"name": "x" * 300})


@scene("portal:report-preview")
def document(cast: Cast) -> Any:
    where = reverse("portal:report-preview", args=["self-assessment"])
    return cast.client("owner@own").get(f"{where}?subject={cast.rows['assessment'].pk}")


@scene("portal:report-preview topology")
def document_with_topology(cast: Cast) -> Any:
    make_component(cast.rows["assessment"].protected_object)
    make_link(cast.rows["assessment"].protected_object, external_party="省级平台")
    response = document(cast)
    assert 'href="/links/' in response.content.decode()
    return response


def job_in(state: JobState, **values: Any) -> Scene:
    """A background job's page."""

    def seen(cast: Cast) -> Any:
        Job.objects.filter(pk=cast.rows["job"].pk).update(state=state, **values)
        return shown(cast.client("owner@own"), "core:job-detail", pk=cast.rows["job"].pk)

    return seen


SCENES["core:job-detail waiting"] = job_in(JobState.QUEUED)
SCENES["core:job-detail running"] = job_in(JobState.RUNNING, progress_done=14, progress_total=42)
SCENES["core:job-detail failed"] = job_in(JobState.FAILED, error="没有做完。")


@scene("assessments:assessment-transition incomplete")
def incomplete(cast: Cast) -> Any:
    row = cast.rows["assessment"]
    return shown(
        cast.client("owner@own"), "assessments:assessment-transition", pk=row.pk, step="submit",
        data={"seen": seen_token(row), "opinion": ""},
    )  # fmt: skip


@scene("core:file-attach secret")
def marked_secret(cast: Cast) -> Any:
    row = cast.rows["object"]
    return shown(
        cast.client("owner@own"), "core:file-attach", kind=ContentType.objects.get_for_model(row).pk, object_id=row.pk,
        data={"file": SimpleUploadedFile("【机密】名单.txt", "名单".encode()), "declared_not_secret": "on"},
    )  # fmt: skip


# -- refusals --------------------------------------------------------------------------------------------


def refused(status: int, error: errors.DomainError) -> Scene:
    """The page that an error is answered with, drawn for an owner."""

    def seen(cast: Cast) -> Any:
        response = cast.client("owner@own").get(reverse("portal:home"))
        response.content = render_to_string(f"{status}.html", {"error": error}, request=response.wsgi_request)
        return response

    return seen


SCENES["error 400"] = refused(400, errors.DomainError("请求不完整。"))
SCENES["error 403"] = refused(403, errors.NotAllowed("只有系统负责人可以提交。", who_may="系统负责人"))
SCENES["error 404"] = refused(404, errors.OutOfScope())
SCENES["error 409"] = refused(409, errors.Conflict("已由周砚批准。", by_name="周砚", at=now()))
SCENES["error 413"] = refused(413, errors.TooLarge("文件超过 20 MB。"))
SCENES["error 422"] = refused(422, errors.Invalid({"name": ["请填写名称。"]}))
SCENES["error 500"] = refused(500, errors.DomainError(""))
SCENES["error 503"] = refused(503, errors.DomainError(""))
SCENES["error 507"] = refused(507, errors.NoSpace("磁盘已满，没有保存。"))
