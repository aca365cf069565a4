"""The API under /api/v1/: authentication, errors as problem+json, the routers the apps' manifests name."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import URLPattern, register_converter
from django.urls.converters import StringConverter
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.security import HttpBearer, SessionAuth

from secmgmt.accounts import tokens
from secmgmt.core import errors, manifest
from secmgmt.core.apibody import BodyParser
from secmgmt.core.context import origin
from secmgmt.core.middleware import note_refusal
from secmgmt.core.middleware import problem as problem_of

log = logging.getLogger(__name__)
PLACES = ("body", "query", "path", "payload")
TITLE = "信息安全风险与等级保护管理系统"


class Token(HttpBearer):
    """A user's token: ``Authorization: Bearer …``. A bad one is refused, whatever the session says."""

    def __call__(self, request: HttpRequest) -> Any:
        if not request.headers.get("Authorization"):
            return None
        request.user = tokens.authenticate(request)
        return request.user

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return tokens.authenticate(request)


class Session(SessionAuth):
    """The page's own session; a writing request carries the CSRF token like a form does."""

    def __call__(self, request: HttpRequest) -> Any:
        if not request.user.is_authenticated or getattr(request, "second_factor_pending", False):
            return None
        return super().__call__(request)


class Problem(Schema):
    """What every refusal says (RFC 9457): ``type`` names its kind, ``title`` says it in a sentence."""

    type: str
    title: str
    status: int
    errors: dict[str, list[str]] | None = None
    missing: list[str] | None = None
    changed_by: str | None = None
    changed_at: dt.datetime | None = None


# What an integrator reads of an operation, by the end of its id, and of a parameter that says nothing itself.
OPERATIONS = {
    "list": _lazy("您有权查看的记录，分页返回 items、page、size、total；q 按词查找，sort 排序（加 - 倒序）。"),
    "create": _lazy("登记一条记录，字段和规则与页面表单相同；返回登记后的记录。"),
    "detail": _lazy("一条记录。应答头 ETag 是它的版本，修改和删除时放进 If-Match。"),
    "change": _lazy("只修改请求里写明的字段。须带 If-Match；已被他人修改时返回 412 和双方内容。"),
    "delete": _lazy("删除一条记录。须带 If-Match；仍被引用时返回 409 并说明被什么引用。"),
    "history": _lazy("办理意见和各次变更：谁、何时、改了什么；分页返回。"),
    "do": _lazy("办理一步流程。seen 是办理人所见内容的摘要，内容已变时返回 409；opinion 是意见。"),
    "answers": _lazy("一次自评估的全部测评项，按标准的次序。"),
    "save": _lazy("作答一项。须带 If-Match；已被他人作答时返回 412 和双方内容。"),
    "figures": _lazy("全部指标：数值、分子、分母、不适用的原因和口径，与页面和报告相同。"),
    "rows": _lazy("一项指标和它背后的记录；part 取 hit（计入）、rest（未计入）、all（全部），分页返回。"),
    "components": _lazy("按部件作答一项，结果由各部件汇总；空对象改回整体作答。须带 If-Match。"),
}
PARAMETERS = {
    "pk": _lazy("记录编号"),
    "page": _lazy("第几页，从 1 起"),
    "size": _lazy("每页条数"),
    "sort": _lazy("排序字段，前加 - 为倒序"),
    "q": _lazy("查找的词，空格隔开，须都出现"),
    "step": _lazy("流程步骤的代码"),
    "If-Match": _lazy("读取时应答头 ETag 的值"),
}


class Api(NinjaAPI):
    """An API whose description says of every operation what a refusal looks like."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description, ``Problem`` being every operation's other answer."""
        described = super().get_openapi_schema(**options)
        schema = Problem.model_json_schema(ref_template=REF_TEMPLATE)
        described["components"]["schemas"]["Problem"] = schema
        refusal = {
            "description": str(_("没有办成，说明原因。")),
            "content": {"application/problem+json": {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}},
        }
        for operations in described["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = refusal
                told = OPERATIONS.get(operation.get("operationId", "").rpartition("_")[2])
                operation["description"] = str(told or operation.get("summary", ""))
                for parameter in operation.get("parameters", ()):
                    if parameter["name"] in PARAMETERS:
                        parameter["description"] = str(PARAMETERS[parameter["name"]])
        return described


def build() -> Api:
    """The API with every router the manifests name."""
    api = Api(
        title=TITLE,
        version="1",
        urls_namespace="api",
        auth=[Token(), Session()],
        parser=BodyParser(),
        docs_decorator=login_required,
        description=_(
            "与页面同一套权限、表单和流程。用“我的账户”签发的接口令牌（Authorization: Bearer …）调用；"
            "已登录页面的人可在本页直接试用，写入会真实生效。列表用 page、size 分页；修改须带 If-Match。"
            "被拒绝的请求返回 application/problem+json，说明原因。"
        ),
    )
    for prefix, name in manifest.collect("api"):
        api.add_router(f"/{prefix}", import_string(name.replace(":", ".")))
    api.add_router("", nowhere())
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)
    return api


class Anything(StringConverter):
    """Any rest of an address, line breaks too."""

    regex = "(?s:.+)"


register_converter(Anything, "anything")


def nowhere() -> Router:
    """Whatever no router knows: a 404 like any other, after the caller has said who he is."""
    router = Router()

    @router.api_operation(
        ["GET", "POST", "PUT", "PATCH", "DELETE"], "/{anything:rest}", include_in_schema=False, url_name="nowhere"
    )
    def unknown(request: HttpRequest, rest: str) -> None:
        raise errors.OutOfScope(lookup=rest[:100])

    return router


# -- errors ------------------------------------------------------------------------------------------------


def refused(request: HttpRequest, error: errors.DomainError) -> HttpResponse:
    """A refusal of ours: its row in the trail and its problem."""
    note_refusal(request, error)
    response = problem_of(error)
    if isinstance(error, errors.Stale):
        return stale(request, error)
    if error.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def stale(request: HttpRequest, error: errors.Stale) -> HttpResponse:
    """Both versions: what is stored now and what was sent; 412 where If-Match named an old one."""
    status = 412 if request.headers.get("If-Match") else error.status
    body = {
        "type": f"about:blank#{error.code}",
        "title": error.message,
        "status": status,
        "changed_by": error.by_name,
        "changed_at": error.at.isoformat() if error.at else None,
        "current": error.extra.get("current"),
        "submitted": error.submitted,
    }
    return answer(body)


def answer(body: dict[str, Any]) -> HttpResponse:
    """RFC 9457 problem details."""
    return JsonResponse(body, status=body["status"], content_type="application/problem+json")


def plain_problem(status: int, code: str, title: str, **more: Any) -> HttpResponse:
    """A problem that is no refusal of a service."""
    return answer({"type": f"about:blank#{code}", "title": title, "status": status, **more})


def invalid_body(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What of the request does not fit the schema, field by field."""
    found: dict[str, list[str]] = {}
    for item in error.errors:
        place = ".".join(str(part) for part in item["loc"] if part not in PLACES)
        found.setdefault(place or "body", []).append(sentence(item))
    return refused(request, errors.Invalid(found))


def sentence(item: dict[str, Any]) -> str:
    """A schema error in the user's language."""
    limits = item.get("ctx", {})
    if item["type"] == "extra_forbidden":
        return _("没有这个字段，或不能由接口设置。")
    if item["type"] == "missing":
        return _("缺少这一项。")
    if item["type"] in ("greater_than_equal", "greater_than"):
        return _("不能小于 %(n)s。") % {"n": limits.get("ge", limits.get("gt"))}
    if item["type"] in ("less_than_equal", "less_than"):
        return _("不能大于 %(n)s。") % {"n": limits.get("le", limits.get("lt"))}
    return _("值的类型或格式不对。")


def unauthenticated(request: HttpRequest, error: Exception) -> HttpResponse:
    """Who are you?"""
    title = _("请带上接口令牌（Authorization: Bearer …），或先登录页面。")
    response = plain_problem(401, "unauthenticated", title)
    response["WWW-Authenticate"] = "Bearer"
    return response


def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """An error of the framework: unreadable body, CSRF, too many."""
    titles = {
        400: _("请求内容读不懂，应为 JSON。"),
        403: _("没有通过跨站请求检查：请带 X-CSRFToken，或使用接口令牌。"),
        429: _("请求太频繁，请稍后再试。"),
    }
    title = titles.get(error.status_code, _("请求没有被接受。"))
    if error.status_code == 403:
        return refused(request, errors.NotAllowed(title))
    return plain_problem(error.status_code, "bad-request", title)


def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """A body over the limit is the caller's fault, not ours."""
    return refused(request, errors.TooLarge(_("请求内容过大，没有处理。")))


def not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    """Not there, or not for this person."""
    return refused(request, errors.OutOfScope())


def forbidden(request: HttpRequest, error: Exception) -> HttpResponse:
    """In scope, but not this."""
    return refused(request, errors.NotAllowed())


def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our fault: the log has the details, the caller the number to ask by."""
    log.exception("unexpected error in %s %s", request.method, request.path)
    title = _("服务器内部错误，没有完成。请把请求编号告诉系统管理员。")
    return plain_problem(500, "internal", title, request_id=origin().request_id)


HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    errors.DomainError: refused,
    ValidationError: invalid_body,
    AuthenticationError: unauthenticated,
    HttpError: http_error,
    RequestDataTooBig: too_big,
    Http404: not_found,
    PermissionDenied: forbidden,
    Exception: failed,
}


def problems_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A wrong method is a problem too, like every other error."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        told = plain_problem(405, "method-not-allowed", _("这个地址不接受 %s 请求。") % request.method)
        told["Allow"] = response["Allow"]
        return told

    return wrapped


def patterns(api: Api) -> tuple[list[URLPattern], str, str]:
    """The API's URLs for ``path("api/v1/", …)``."""
    listed, app_name, namespace = api.urls
    found: list[Any] = list(listed)
    for pattern in found:
        reads_only = pattern.name in ("openapi-json", "openapi-view", "api-root")
        pattern.callback = problems_only(require_safe(pattern.callback) if reads_only else pattern.callback)
    return found, app_name, namespace


api = build()
urls = patterns(api)
