"""Projects that build or change protected objects, and the gates they pass (新建、改建、扩建的安全审查)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.choices import Status
from secmgmt.core import errors, permissions
from secmgmt.core.models import Attachment, Decision, Record

LEVELS = [(1, _("第一级")), (2, _("第二级")), (3, _("第三级")), (4, _("第四级"))]


class Gate(models.TextChoices):
    """The gates in their order."""

    PROPOSAL = "GATE-1", _("立项初审")
    DESIGN = "GATE-2", _("方案设计")
    CONSTRUCTION = "GATE-3", _("方案实施")
    ACCEPTANCE = "GATE-4", _("工程验收")


class ProjectKind(models.TextChoices):
    """What a project does to its objects."""

    NEW = "new", _("新建")
    REBUILD = "rebuild", _("改建")
    EXTEND = "extend", _("扩建")


class Stage(models.TextChoices):
    """The gate a project stands before, or that it is accepted."""

    PROPOSAL = "GATE-1", _("待立项初审")
    DESIGN = "GATE-2", _("待方案设计审查")
    CONSTRUCTION = "GATE-3", _("待方案实施审查")
    ACCEPTANCE = "GATE-4", _("待工程验收")
    ACCEPTED = "accepted", _("已通过验收")


class ReviewState(models.TextChoices):
    """Where the examination of one gate stands."""

    PREPARING = "preparing", _("准备材料")
    REVIEWING = "reviewing", _("审查中")
    PASSED = "passed", _("通过")
    CONDITIONAL = "conditional", _("有条件通过")
    FAILED = "failed", _("不通过")


class ItemResult(models.TextChoices):
    """What the examiner found of a document or check."""

    OK = "ok", _("合格")
    BAD = "bad", _("不合格")
    NONE = "na", _("不适用")


class Verdict(models.TextChoices):
    """What a department says."""

    AGREE = "agree", _("同意")
    REMARKS = "remarks", _("同意，有修改意见")
    DISAGREE = "disagree", _("不同意")


HELD_FROM = 2  # level from which an object leaves its project only by the rules keeper or the leadership
OPEN = (ReviewState.PREPARING, ReviewState.REVIEWING)
THROUGH = (ReviewState.PASSED, ReviewState.CONDITIONAL)
SETTLED = frozenset({"closed", "accepted"})
"""States of a corrective action in which nothing is left to do before an object goes into service."""


class GateItem(Record):
    """A line of the checklist of a gate: shipped, and changed by whoever keeps the rules."""

    scope_path: ClassVar[str] = ""

    gate = models.CharField(_("关口"), max_length=8, choices=Gate.choices)
    code = models.CharField(_("编码"), max_length=20, unique=True)
    name = models.CharField(_("材料或检查"), max_length=100)
    is_check = models.BooleanField(_("现场检查，不要求上传材料"), default=False)
    from_level = models.PositiveSmallIntegerField(_("适用等级从"), choices=LEVELS, default=1)
    to_level = models.PositiveSmallIntegerField(_("适用等级到"), choices=LEVELS, default=4)
    condition = models.CharField(_("附加适用条件"), max_length=60, blank=True)
    basis = models.CharField(_("依据"), max_length=200)
    is_confirmed = models.BooleanField(_("依据已核对原文"), default=False)
    acceptance = models.TextField(_("合格标准"))
    blocking = models.BooleanField(_("缺失或不合格不得通过"), default=True)
    in_use = models.BooleanField(_("使用"), default=True)

    class Meta:
        verbose_name = _("审查清单项")
        verbose_name_plural = _("审查清单")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        """The page of the line."""
        return reverse("assessments:gateitem-detail", args=[self.pk])


class GateDepartment(Record):
    """A department whose opinion a gate asks for."""

    scope_path: ClassVar[str] = ""

    gate = models.CharField(_("关口"), max_length=8, choices=Gate.choices)
    code = models.CharField(_("部门编码"), max_length=12)
    name = models.CharField(_("部门"), max_length=100)
    focus = models.CharField(_("审查重点"), max_length=200)
    mandatory = models.BooleanField(_("缺该部门意见不能出结论"), default=True)
    only_item = models.CharField(
        _("只提供的材料"), max_length=20, blank=True, help_text=_("填清单编码；该部门只能看到这一份材料。")
    )
    basis = models.CharField(_("依据"), max_length=200, default="本市默认值，待核对")
    is_confirmed = models.BooleanField(_("依据已核对原文"), default=False)

    class Meta:
        verbose_name = _("征求意见部门")
        verbose_name_plural = _("征求意见部门")
        ordering = ["gate", "code"]
        constraints = [models.UniqueConstraint(fields=["gate", "code"], name="department_of_a_gate_once")]

    def __str__(self) -> str:
        return f"{self.get_gate_display()} {self.name}"


class Project(Record):
    """A project that builds, rebuilds or extends protected objects."""

    scope_path: ClassVar[str] = "unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("",)
    has_files: ClassVar[bool] = True

    unit = models.ForeignKey(
        settings.SCOPE_NODE_MODEL, verbose_name=_("建设单位"), on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("项目名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=8, choices=ProjectKind.choices)
    targets = models.ManyToManyField(
        "assets.ProtectedObject", verbose_name=_("建设或改造的对象"), related_name="projects"
    )
    level = models.PositiveSmallIntegerField(_("拟定等级"), choices=LEVELS)
    lead = models.ForeignKey(
        settings.SCOPE_NODE_MODEL, verbose_name=_("牵头审查部门"), on_delete=models.PROTECT, related_name="+"
    )
    contact = models.CharField(_("项目联系人"), max_length=60)
    content = models.TextField(_("建设内容"))
    budget = models.DecimalField(
        _("其中安全投入（万元）"), max_digits=10, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(99_999_999)],
    )
    planned_on = models.DateField(_("计划上线日期"))
    uses_cloud = models.BooleanField(_("使用云平台"), default=False)
    personal_data = models.BooleanField(_("处理个人信息或重要数据"), default=False)
    custom_development = models.BooleanField(_("有定制开发"), default=False)
    outsourced = models.BooleanField(_("外包开发"), default=False)
    own_development = models.BooleanField(_("自行开发"), default=False)
    has_authority = models.BooleanField(_("有行业主管部门"), default=False)
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage.choices, default=Stage.PROPOSAL, editable=False)
    override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("批准先行上线"), null=True, editable=False, on_delete=models.PROTECT,
        related_name="+",
    )
    override_at = models.DateTimeField(_("批准时间"), null=True, editable=False)
    override_reason = models.TextField(_("先行上线的理由"), blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("建设项目")
        verbose_name_plural = _("建设项目")
        ordering = ["planned_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="project_of_a_unit_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the project."""
        return reverse("assessments:project-detail", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Once a gate was submitted the project is history, by whichever door."""
        if not self.is_deletable:
            raise errors.Conflict(_t("项目已提交过审查，作为历史保留，不能删除。"), obj=self)
        return super().delete(*args, **kwargs)

    @property
    def is_deletable(self) -> bool:
        """Whether nothing of it was ever submitted."""
        return not self.reviews.exists()

    def held_targets(self) -> list[Any]:
        """The objects of level 2 and above (ungraded: of the project's) that it keeps from going into service.

        A retired one may come into service again. None once the leadership let the project go ahead.
        """
        stored = type(self).objects.filter(pk=self.pk, override_at__isnull=True).first()
        if stored is None:
            return []
        waiting = stored.targets.exclude(status=Status.RUNNING).order_by("pk")
        return [obj for obj in waiting if (obj.security_level or stored.level) >= HELD_FROM]

    def check_deletion(self, by: Any) -> None:
        """Its objects would go around the gates: not for their owner to decide. Raises NotAllowed."""
        held = self.held_targets()
        if held and not permissions.may(by, type(self), "release", permissions.path_of(self)):
            told = _t("项目含尚未投入运行的第二级及以上对象（%(names)s），须由业务规则管理员或安全领导删除。")
            raise errors.NotAllowed(told % {"names": "、".join(map(str, held))}, obj=self)

    @property
    def conditions_met(self) -> frozenset[str]:
        """The conditions of checklist lines that hold for this project, as the lines name them."""
        named = ("uses_cloud", "personal_data", "custom_development", "outsourced", "own_development", "has_authority")
        return frozenset(str(self._meta.get_field(name).verbose_name) for name in named if getattr(self, name))


class GateReview(Record):
    """One submission of a project to one gate; after 不通过 there is another with the next ``round``."""

    scope_path: ClassVar[str] = "project__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("", "project")
    has_files: ClassVar[bool] = True
    takes_files: ClassVar[bool] = True  # minutes of the expert meeting come after it was submitted
    state_tones: ClassVar[dict[str, str]] = {
        "preparing": "plain", "passed": "ok", "conditional": "warn", "failed": "bad"
    }  # fmt: skip

    project = models.ForeignKey(Project, verbose_name=_("项目"), on_delete=models.PROTECT, related_name="reviews")
    gate = models.CharField(_("关口"), max_length=8, choices=Gate.choices)
    round = models.PositiveSmallIntegerField(_("第几次提交"), default=1)
    state = models.CharField(
        _("状态"), max_length=12, choices=ReviewState.choices, default=ReviewState.PREPARING, editable=False
    )
    due_on = models.DateField(_("审查期限"), null=True, editable=False)
    meeting_on = models.DateField(_("专家评审会日期"), null=True, blank=True)
    meeting_members = models.TextField(_("参会专家"), blank=True)
    meeting_opinion = models.TextField(_("专家组意见"), blank=True)
    number = models.CharField(_("审查意见书文号"), max_length=60, blank=True)
    concluded_at = models.DateTimeField(_("结论时间"), null=True, editable=False)
    frozen_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("关口审查")
        verbose_name_plural = _("关口审查")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "gate", "round"], name="round_of_a_gate_once"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(state__in=["preparing", "reviewing"]),
                name="one_open_review_per_project",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.project} {self.get_gate_display()}" + (f"（第 {self.round} 次）" if self.round > 1 else "")

    def get_absolute_url(self) -> str:
        """The page of the examination."""
        return reverse("assessments:gatereview-detail", args=[self.pk])

    def frozen_content(self) -> dict[str, Any]:
        """What was submitted: the statements and files of every line."""
        items = list(self.items.order_by("pk"))
        kind = ContentType.objects.get_for_model(GateReviewItem)
        files: dict[int, list[str]] = {}
        rows = Attachment.objects.filter(content_type=kind, object_id__in=[row.pk for row in items])
        for item, digest in rows.order_by("digest").values_list("object_id", "digest"):
            files.setdefault(item, []).append(digest)
        return {
            "project": self.project_id, "gate": self.gate, "round": self.round,
            "items": [
                [row.code, row.statement, row.not_applicable, files.get(row.pk, [])] for row in items
            ],
        }  # fmt: skip

    @property
    def was_submitted(self) -> bool:
        """Whether anybody has looked at it yet."""
        return Decision.of(self).exists()


class GateReviewItem(Record):
    """A line of the checklist as it stood when the gate was opened, what the owner handed in, what was found."""

    files_label: ClassVar[Any] = _("材料")
    has_files: ClassVar[bool] = True
    scope_path: ClassVar[str] = "review__project__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("", "review", "review__project")

    review = models.ForeignKey(
        GateReview, verbose_name=_("审查"), on_delete=models.CASCADE, related_name="items"
    )
    code = models.CharField(_("编码"), max_length=20, editable=False)
    name = models.CharField(_("材料或检查"), max_length=100, editable=False)
    is_check = models.BooleanField(_("现场检查"), default=False, editable=False)
    condition = models.CharField(_("附加适用条件"), max_length=60, blank=True, editable=False)
    basis = models.CharField(_("依据"), max_length=200, editable=False)
    is_confirmed = models.BooleanField(_("依据已核对原文"), default=False, editable=False)
    acceptance = models.TextField(_("合格标准"), editable=False)
    blocking = models.BooleanField(_("缺失或不合格不得通过"), default=True, editable=False)
    statement = models.TextField(_("说明"), blank=True)
    not_applicable = models.BooleanField(_("不适用"), default=False)
    result = models.CharField(_("审查结果"), max_length=4, choices=ItemResult.choices, blank=True, editable=False)
    remark = models.TextField(_("审查意见"), blank=True, editable=False)

    class Meta:
        verbose_name = _("审查材料")
        verbose_name_plural = _("审查材料")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["review", "code"], name="line_of_a_review_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        """The page of the line with its files."""
        return reverse("assessments:gatereviewitem-detail", args=[self.pk])

    @property
    def frozen_digest(self) -> str:
        """Nothing is added or changed once the review is submitted."""
        return self.review.frozen_digest

    def frozen_content(self) -> dict[str, Any]:
        """Part of what its review froze: any change by another door is refused."""
        return {}


class GateOpinion(Record):
    """The opinion of one department on one review, asked of one person for a time."""

    scope_path: ClassVar[str] = "review__project__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("", "review", "review__project")

    review = models.ForeignKey(
        GateReview, verbose_name=_("审查"), on_delete=models.CASCADE, related_name="opinions"
    )
    code = models.CharField(_("部门编码"), max_length=12)
    department = models.CharField(_("部门"), max_length=100)
    focus = models.CharField(_("审查重点"), max_length=200)
    mandatory = models.BooleanField(_("必须出具"), default=True)
    only_item = models.CharField(_("只就此项发表意见"), max_length=20, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("受邀人"), on_delete=models.PROTECT, related_name="+"
    )
    until = models.DateField(_("截止日期"))
    verdict = models.CharField(_("意见"), max_length=10, choices=Verdict.choices, blank=True)
    text = models.TextField(_("具体意见"), blank=True)
    given_at = models.DateTimeField(_("出具时间"), null=True)

    class Meta:
        verbose_name = _("部门意见")
        verbose_name_plural = _("部门意见")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["review", "code"], name="opinion_of_a_department_once")]

    def __str__(self) -> str:
        return f"{self.department} {self.review}"

    def get_absolute_url(self) -> str:
        """The page of the opinion."""
        return reverse("assessments:gateopinion-detail", args=[self.pk])


class GateCondition(models.Model):
    """What a conditional conclusion demands, followed as a corrective action until that is settled.

    ``state``: of the corrective action, as its echo tells; "" when nobody follows corrective actions.
    """

    review = models.ForeignKey(GateReview, on_delete=models.CASCADE, related_name="conditions")
    target = models.ForeignKey("assets.ProtectedObject", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("条件"), max_length=300)
    due_on = models.DateField(_("完成期限"))
    state = models.CharField(max_length=20, blank=True)
    url = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("通过条件")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in SETTLED
