"""What the acts on the audit trail are called in Chinese. Apps add their own to ``ACT_LABELS`` in their manifests."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .permissions import ACTION_LABELS
from .workflow import workflow_of

ACT_LABELS: dict[str, Any] = {
    "attachment.add": gettext_lazy("上传附件"),
    "attachment.copy": gettext_lazy("沿用附件"),
    "attachment.download": gettext_lazy("下载附件"),
    "attachment.remove": gettext_lazy("删除附件"),
    "attachment.digest-broken": gettext_lazy("附件摘要不符"),
    "catalog.load": gettext_lazy("装载标准条款"),
    "core.auditevent.purge": gettext_lazy("清理到期审计记录"),
    "core.auditevent.open": gettext_lazy("打开一条审计记录"),
    "core.auditevent.read": gettext_lazy("查看审计记录"),
    "core.comment.add": gettext_lazy("留言"),
    "core.notice.read": gettext_lazy("消息标为已读"),
    "job.download": gettext_lazy("下载任务结果"),
    "job.enqueue": gettext_lazy("提交后台任务"),
    "job.finish": gettext_lazy("后台任务结束"),
    "job.start": gettext_lazy("后台任务开始"),
    "participation.end": gettext_lazy("参与终止"),
    "refused.import": gettext_lazy("导入被拒绝"),
    "refused.stale": gettext_lazy("内容已变，未保存"),
    "report.clear": gettext_lazy("清理到期报告"),
    "report.digest-broken": gettext_lazy("报告摘要不符"),
    "report.download": gettext_lazy("下载报告"),
    "report.make": gettext_lazy("制作报告"),
    "report.preview": gettext_lazy("预览报告"),
    "storage.housekeeping": gettext_lazy("清理临时文件"),
}


def model_of(label: str) -> type[models.Model] | None:
    """The model of "app.model", if there is one."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def verb_label(model: type[models.Model] | None, verb: str) -> str:
    """The word of an act on a record of ``model``: an act of its own, a transition or an action."""
    last = verb.rsplit(".", 1)[-1]
    workflow = workflow_of(model) if model else None
    if workflow and last in workflow.by_name:
        return str(workflow.by_name[last].label)
    return str(ACT_LABELS.get(verb) or ACTION_LABELS.get(last, last))


def act_label(verb: str, object_type: str = "") -> str:
    """The words of an act where any kind of record may stand beside it; one without words is its verb."""
    head, _dot, last = verb.rpartition(".")
    if verb in ACT_LABELS:
        return str(ACT_LABELS[verb])
    if head == "refused":
        return _("被拒绝的操作")
    model = model_of(object_type) or model_of(head)
    word = verb_label(model, verb)
    if word == last:
        return verb
    if model is None:
        return word
    workflow = workflow_of(model)
    steps = workflow.by_name if workflow else {}
    return f"{model._meta.verbose_name}：{word}" if last in steps else f"{word}{model._meta.verbose_name}"
