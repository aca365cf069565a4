"""The subject of everything: protected objects (定级对象), their networks and zones."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors
from secmgmt.core.crypto import EncryptedCharField
from secmgmt.core.models import Participation, Record, ScopedQuerySet

from . import choices, validators
from .facts import FilingFacts, TechnologyFacts

NUMERALS = "零一二三四五"
IMPORTANT_FROM = 3  # 第三级 and above is important without being named
_COVERED = "name id is_secret_register unit status security_level kind named_important code filing_number".split()
SECRET_SENTENCE = _("另行归口，按分级保护管理")
SECRET_ONLY = _("涉密系统只登记单位和登记号，不收附件和留言；其余内容按分级保护另行管理。")


def _covered_after(first: str) -> list[str]:
    return [first, *(name for name in _COVERED if name != first)]


def level_label(level: int | None) -> str:
    """第三级 for 3; 未定级 for none."""
    return _t("第%(n)s级") % {"n": NUMERALS[level]} if level else _t("未定级")


def level_field(label: Any) -> models.PositiveSmallIntegerField:
    """A level 1–5 that only grading writes."""
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, editable=False, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )


class ObjectQuerySet(ScopedQuerySet):
    """Protected objects by what they count for."""

    def open_ones(self) -> ObjectQuerySet:
        """Without the registry lines of secret-bearing systems, which take no part in the cycle."""
        return self.filter(is_secret_register=False)

    def in_use(self) -> ObjectQuerySet:
        """Open ones that are being built or run."""
        return self.open_ones().exclude(status=choices.Status.RETIRED)

    def important(self) -> ObjectQuerySet:
        """The denominator of coverage figures: in use, and level 3 or above, or named."""
        return self.in_use().filter(Q(security_level__gte=IMPORTANT_FROM) | Q(named_important=True))


class ProtectedObject(FilingFacts, TechnologyFacts, Record):
    """A protected object (定级对象, GB/T 22240-2020 cl. 5), or the registry line of a secret-bearing system.

    Levels and filing are written only by the grading and filing services. A registry line (涉密) has a unit and
    a registry number and nothing else: the database refuses any other content.
    """

    scope_path: ClassVar[str] = "unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("",)
    has_files = has_comments = True
    audit_exclude: ClassVar[frozenset[str]] = frozenset({"contact_phone", "operator_phone"})
    state_tones: ClassVar[dict[str, str]] = {"building": "info", "running": "ok", "retired": ""}

    unit = models.ForeignKey(
        settings.SCOPE_NODE_MODEL,
        verbose_name=_("责任单位"),
        on_delete=models.PROTECT,
        related_name="objects_owned",
    )
    kind = models.CharField(_("对象类型"), max_length=8, choices=choices.ObjectKind.choices, blank=True)
    name = models.CharField(_("名称"), max_length=100, blank=True)
    code = models.CharField(_("编号"), max_length=32, blank=True, help_text=_("留空则自动编号。"))
    status = models.CharField(_("运行状态"), max_length=8, choices=choices.Status.choices, blank=True)
    construction = models.CharField(
        _("建设性质"), max_length=8, choices=choices.Construction.choices, blank=True
    )
    retired_on = models.DateField(_("停用日期"), null=True, blank=True)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("系统负责人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="objects_in_charge",
    )
    contact = models.CharField(_("联系人"), max_length=40, blank=True)
    contact_phone = EncryptedCharField(_("联系电话"), max_length=20, blank=True, validators=[validators.phone])
    operator = models.ForeignKey(
        settings.SCOPE_NODE_MODEL,
        verbose_name=_("运维单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="objects_operated",
    )
    operator_text = models.CharField(_("运维单位（不在单位树中）"), max_length=100, blank=True)
    operator_phone = EncryptedCharField(_("运维电话"), max_length=20, blank=True, validators=[validators.phone])

    named_important = models.BooleanField(_("列入重要名录"), default=False, editable=False)
    important_basis = models.CharField(_("列入依据"), max_length=200, blank=True, editable=False)
    is_cii = models.BooleanField(_("关键信息基础设施"), default=False)
    cii_authority = models.CharField(_("保护工作部门"), max_length=100, blank=True)
    cii_number = models.CharField(_("认定文号"), max_length=60, blank=True)
    rto_minutes = models.PositiveIntegerField(_("恢复时间目标 RTO（分钟）"), null=True, blank=True)
    rpo_minutes = models.PositiveIntegerField(_("恢复点目标 RPO（分钟）"), null=True, blank=True)

    security_level = level_field(_("安全保护等级"))
    business_level = level_field(_("业务信息等级"))
    service_level = level_field(_("系统服务等级"))
    graded_on = models.DateField(_("定级日期"), null=True, blank=True, editable=False)
    filing_number = models.CharField(
        _("备案证明编号"), max_length=17, blank=True, editable=False, validators=[validators.filing_number]
    )
    filed_on = models.DateField(_("备案日期"), null=True, blank=True, editable=False)
    filing_valid_until = models.DateField(_("备案有效期至"), null=True, blank=True, editable=False)

    is_secret_register = models.BooleanField(_("涉密系统登记行"), default=False, editable=False)
    secret_number = models.CharField(
        _("登记号"), max_length=40, blank=True, validators=[validators.registry_number]
    )
    is_demo = models.BooleanField(default=False, editable=False)

    objects = ObjectQuerySet.as_manager()

    # what a registry line may have besides the bookkeeping of every record
    ALLOWED_ON_REGISTER: ClassVar[frozenset[str]] = frozenset(
        {
            "id",
            "version",
            "created_at",
            "updated_at",
            "updated_by",
            "unit",
            "is_secret_register",
            "secret_number",
            "is_demo",
        }
    )

    class Meta:
        verbose_name = _("定级对象")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=Q(is_secret_register=False),
                name="object_name_once_per_unit",
                violation_error_message=_("该单位已有同名的定级对象。"),
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(is_secret_register=False),
                name="object_code_once",
                violation_error_message=_("这个编号已被使用。"),
            ),
            models.UniqueConstraint(
                fields=["secret_number"],
                condition=Q(is_secret_register=True),
                name="secret_number_once",
                violation_error_message=_("这个登记号已被使用。"),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "name"], name="object_unit_name"),
            # in each: the order of the list, then what scope, filters and search ask, so that counts read it alone
            models.Index(fields=[*_COVERED], name="object_by_name"),
            models.Index(fields=_covered_after("security_level"), name="object_by_level"),
            models.Index(fields=_covered_after("kind"), name="object_by_kind"),
            models.Index(fields=_covered_after("status"), name="object_by_status"),
            models.Index(fields=["unit", "is_secret_register", "status"], name="object_count_unit"),
            models.Index(fields=["status"], condition=Q(is_secret_register=False), name="object_count_status"),
            models.Index(fields=["updated_at"], name="object_by_update"),
            models.Index(fields=["in_operation_on"], name="object_by_operation"),
            models.Index(
                fields=["offers_hosting"], condition=Q(offers_hosting=True), name="object_platforms"
            ),
        ]

    def get_absolute_url(self) -> str:
        """The page of the object, or of the registry line."""
        page = "register" if self.is_secret_register else "object"
        return reverse(f"assets:{page}-detail", args=[self.pk])

    def __str__(self) -> str:
        if self.is_secret_register:
            return _t("涉密系统（登记号 %(n)s）") % {"n": self.secret_number}
        return self.name

    @property
    def bare(self) -> str:
        """Why nothing hangs on a registry line: neither files nor remarks may say what its fields must not."""
        return str(SECRET_ONLY) if self.is_secret_register else ""

    @property
    def level_label(self) -> str:
        """第三级; for a registry line, where it belongs instead."""
        return str(SECRET_SENTENCE) if self.is_secret_register else level_label(self.security_level)

    @property
    def level_tag(self) -> str:
        """第三级 S3A3G3."""
        return f"{self.level_label} {self.sag}".strip()

    @property
    def sag(self) -> str:
        """S3A2G3 (GB/T 22239-2019), "" when not graded by both."""
        if not (self.security_level and self.business_level and self.service_level):
            return ""
        return f"S{self.business_level}A{self.service_level}G{self.security_level}"

    @property
    def is_important(self) -> bool:
        """Whether it counts in coverage figures: level 3 or above, or named by the leading group."""
        return self.named_important or (self.security_level or 0) >= IMPORTANT_FROM

    @property
    def technical_kinds(self) -> list[str]:
        """The technical kinds of 表四 that apply, as words."""
        return [str(label) for name, label in choices.TECHNICAL_KINDS if getattr(self, name)]

    @property
    def owner_line(self) -> str:
        """Who is responsible: the user, else the contact as written."""
        return str(self.owner) if self.owner_id else self.contact

    def clean(self) -> None:
        """A registry line is empty but for its number; everything else has a name, kind and status."""
        if self.is_secret_register:
            self._clean_register()
            return
        missing = {
            name: _t("“%(label)s”没有填写。") % {"label": self._meta.get_field(name).verbose_name}
            for name in ("name", "kind", "status", "construction")
            if not getattr(self, name)
        }
        if self.secret_number:
            missing["secret_number"] = _t("登记号只用于涉密系统登记行。")
        if missing:
            raise ValidationError(missing)

    @property
    def is_draft(self) -> bool:
        """Being built, not graded, not filed: only then, or as a registry line, it can be deleted."""
        open_draft = self.status == choices.Status.BUILDING and not (
            self.security_level or self.filing_number
        )
        return self.is_secret_register or open_draft

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Whatever door it comes by: what runs, is graded or filed is retired and not deleted."""
        if not self.is_draft:
            raise errors.Conflict(
                _t("“%(name)s”已运行、已定级或已备案，不能删除；不再使用的，请把状态改为“已停用”。")
                % {"name": self},
                obj=self,
            )
        Participation.of(self).delete()
        return super().delete(*args, **kwargs)

    def _clean_register(self) -> None:
        filled = [
            str(field.verbose_name)
            for field in self._meta.concrete_fields
            if field.name not in self.ALLOWED_ON_REGISTER
            and getattr(self, field.attname) not in (None, "", False)
        ]
        if filled:
            raise ValidationError(
                _t("涉密系统只登记单位和登记号，不得填写：%(what)s。") % {"what": "、".join(filled)}
            )
        if not self.secret_number.strip():
            raise ValidationError({"secret_number": _t("“登记号”没有填写。")})
        validators.registry_number(self.secret_number)


def _is_empty(field: models.Field) -> Q:
    if isinstance(field, models.BooleanField):
        return Q(**{field.name: False})
    return Q(**{f"{field.name}__isnull": True}) if field.null else Q(**{field.name: ""})


def _register_constraints() -> list[models.CheckConstraint]:
    """The database's own guard of registry lines, over every field the model has."""
    nothing = ~Q(secret_number="")
    for field in ProtectedObject._meta.concrete_fields:
        if field.name not in ProtectedObject.ALLOWED_ON_REGISTER:
            nothing &= _is_empty(field)
    named = ~Q(name="") & ~Q(code="") & ~Q(kind="") & ~Q(status="") & Q(secret_number="")
    return [
        models.CheckConstraint(
            condition=Q(is_secret_register=False) | nothing,
            name="secret_line_holds_nothing",
            violation_error_message=_("涉密系统只登记单位和登记号。"),
        ),
        models.CheckConstraint(
            condition=Q(is_secret_register=True) | named,
            name="object_is_named",
            violation_error_message=_("定级对象须有名称、编号、类型和状态。"),
        ),
    ]


ProtectedObject._meta.constraints += _register_constraints()
ProtectedObject._meta.original_attrs["constraints"] = ProtectedObject._meta.constraints


class Network(Record):
    """A network that is a protected object itself, or belongs to one."""

    class Relation(models.TextChoices):
        """How it stands to its protected object."""

        IS = "is", _("本身即定级对象")
        PART = "part", _("属于定级对象")

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("protected_object",)

    protected_object = models.ForeignKey(
        ProtectedObject, verbose_name=_("定级对象"), on_delete=models.PROTECT, related_name="networks"
    )
    relation = models.CharField(_("关系"), max_length=4, choices=Relation.choices, default=Relation.PART)
    name = models.CharField(_("网络名称"), max_length=100)
    kind = models.CharField(_("网络类型"), max_length=8, choices=choices.NetworkKind.choices)
    kind_other = choices.OtherText(_("其他网络类型"))
    bandwidth = models.CharField(_("出口带宽"), max_length=60, blank=True)
    carrier = models.CharField(_("线路运营商"), max_length=60, blank=True)
    line_redundant = models.BooleanField(_("线路冗余"), default=False)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("网络")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["protected_object", "name"],
                name="network_name_once",
                violation_error_message=_("该定级对象已有同名的网络。"),
            )
        ]
        indexes = [models.Index(fields=["name", "id"], name="network_by_name")]

    def get_absolute_url(self) -> str:
        """The page of the network."""
        return reverse("assets:network-detail", args=[self.pk])

    def __str__(self) -> str:
        return self.name


class Zone(Record):
    """A part of a network with its own boundary (安全区域), with the addresses used in it."""

    scope_path: ClassVar[str] = "network__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("network__protected_object",)

    network = models.ForeignKey(
        Network, verbose_name=_("网络"), on_delete=models.PROTECT, related_name="zones"
    )
    name = models.CharField(_("区域名称"), max_length=60)
    kind = models.CharField(_("区域类型"), max_length=12, choices=choices.ZoneKind.choices)
    address_ranges = models.TextField(
        _("地址范围"),
        max_length=2000,
        blank=True,
        validators=[validators.address_ranges],
        help_text=_("每行一个，如 10.1.2.0/24。"),
    )
    boundary = models.CharField(_("边界防护"), max_length=200, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("网络区域")
        ordering = ["network", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "name"],
                name="zone_name_once",
                violation_error_message=_("该网络已有同名的区域。"),
            )
        ]

    def get_absolute_url(self) -> str:
        """The page of the zone."""
        return reverse("assets:zone-detail", args=[self.pk])

    def __str__(self) -> str:
        return f"{self.network.name} · {self.name}"
