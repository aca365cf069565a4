"""A record with everything the kernel offers: scope, participation, workflow, frozen content."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from secmgmt.core.models import Record
from secmgmt.core.workflow import Transition, Workflow, not_the_submitter


class ThingState(models.TextChoices):
    DRAFT = "draft", "草稿"
    ASKED = "asked", "待审批"
    AGREED = "agreed", "已批准"


class Thing(Record):
    """A thing of a unit; ``other`` points to another thing."""

    scope_parents: ClassVar[tuple[str, ...]] = ("",)
    has_files: ClassVar[bool] = True
    has_comments: ClassVar[bool] = True

    unit = models.ForeignKey("accounts.OrgUnit", verbose_name="单位", on_delete=models.PROTECT)
    name = models.CharField("名称", max_length=60, unique=True)
    note = models.TextField("说明", blank=True)
    due = models.DateField("期限", null=True, blank=True)
    other = models.ForeignKey("self", verbose_name="关联", null=True, blank=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=ThingState.choices, default="draft", editable=False)
    frozen_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "事项"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/things/{self.pk}/"

    def frozen_content(self) -> dict[str, Any]:
        return {"name": self.name, "note": self.note, "other": self.other_id}


STEPS = Workflow(
    "testapp.Thing",
    ThingState,
    (
        Transition("submit", ("draft",), "asked", "change", "提交", freezes=True),
        Transition("agree", ("asked",), "agreed", "agree", "批准", guard=not_the_submitter),
        Transition("send_back", ("asked",), "draft", "agree", "退回", needs_opinion=True, thaws=True),
        Transition("run_out", ("asked",), "draft", "agree", "到期退回", thaws=True, automatic=True),
    ),
)
