"""Scans that were imported, the problems they found, and the rules that map them to requirement items."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from secmgmt.core.models import Record

SOURCES = [("nmap", "Nmap"), ("nessus", "Nessus"), ("openvas", "OpenVAS / Greenbone")]
FIELDS = [
    ("cve", _("CVE 编号")), ("plugin_name", _("检测项名称")), ("plugin_family", _("检测项类别")),
    ("text", _("说明文字")), ("port_service", _("开放端口与服务")), ("cvss", _("CVSS 分值")),
]  # fmt: skip
SEVERITIES = [("critical", _("严重")), ("high", _("高")), ("medium", _("中")), ("low", _("低")), ("info", _("提示"))]


class ScannerRule(Record):
    """One rule: a scanner's finding → problem → items of level 3. The first that matches in ``order`` wins.

    ``pattern``: a regular expression, case-insensitive; of ``cvss`` tests apart by blanks that must all hold.
    ``items``: codes of GB/T 22239-2019 level 3 apart by blanks; other levels are reached by lineage.
    """

    scope_path: ClassVar[str] = ""

    order = models.PositiveIntegerField(_("次序"))
    code = models.CharField(_("编号"), max_length=20, unique=True)
    source = models.CharField(_("扫描器"), max_length=8, choices=[("any", _("任意")), *SOURCES], default="any")
    match_field = models.CharField(_("看什么"), max_length=14, choices=FIELDS)
    pattern = models.CharField(_("匹配"), max_length=300)
    problem = models.CharField(_("问题"), max_length=120)
    items = models.CharField(_("对应条款（第三级）"), max_length=200)
    risk = models.CharField(_("风险"), max_length=2, choices=[("高", _("高")), ("中", _("中")), ("低", _("低"))])
    basis = models.CharField(_("依据"), max_length=200, default="产品自带，待核对")
    enabled = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("映射规则")
        verbose_name_plural = _("映射规则")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.problem}"

    def get_absolute_url(self) -> str:
        """The page of the rule."""
        return reverse("assessments:scannerrule-detail", args=[self.pk])


class Scan(Record):
    """One imported file of a scanner, and what came of it."""

    unit = models.ForeignKey("accounts.OrgUnit", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+")
    source = models.CharField(_("扫描器"), max_length=8, choices=SOURCES)
    file = models.CharField(_("文件"), max_length=120)
    digest = models.CharField(_("文件摘要"), max_length=64)
    scanned_at = models.DateTimeField(_("扫描时间"))
    hosts = models.PositiveIntegerField(_("主机"), default=0)
    added = models.PositiveIntegerField(_("新发现"), default=0)
    again = models.PositiveIntegerField(_("再次发现"), default=0)
    gone = models.PositiveIntegerField(_("不再出现"), default=0)
    unmapped = models.PositiveIntegerField(_("未映射"), default=0)
    unmatched = models.PositiveIntegerField(_("未识别地址"), default=0)

    class Meta:
        verbose_name = _("扫描导入")
        verbose_name_plural = _("扫描导入")
        ordering = ["-scanned_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "digest"], name="scan_file_once")]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.file}"

    def get_absolute_url(self) -> str:
        """The page of the import."""
        return reverse("assessments:scan-detail", args=[self.pk])


class FindingState(models.TextChoices):
    """What people made of a problem."""

    NEW = "new", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    FALSE = "false", _("误报")
    FIXED = "fixed", _("已修复")


class ScanFinding(Record):
    """A problem at an address: the same one over all imports.

    ``fingerprint`` tells it apart within the units beneath the scan's. ``gone_on``: a later scan of the address
    did not show it any more; whether it is fixed a person says. ``items``: level-3 codes of its rule.
    """

    scope_path: ClassVar[str] = "unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ()
    state_tones: ClassVar[dict[str, str]] = {"new": "warn", "confirmed": "bad", "fixed": "ok"}
    has_comments: ClassVar[bool] = False

    unit = models.ForeignKey(
        "accounts.OrgUnit", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    scan = models.ForeignKey(
        Scan, verbose_name=_("最近一次扫描"), on_delete=models.PROTECT, related_name="findings", editable=False
    )
    component = models.ForeignKey(
        "assets.Component", verbose_name=_("部件"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    rule = models.ForeignKey(
        ScannerRule, verbose_name=_("映射规则"), null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    source = models.CharField(_("扫描器"), max_length=8, choices=SOURCES, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    address = models.GenericIPAddressField(_("地址"), editable=False)
    port = models.CharField(_("端口"), max_length=20, blank=True, editable=False)
    title = models.CharField(_("检测项"), max_length=200, editable=False)
    problem = models.CharField(_("问题"), max_length=120, blank=True, editable=False)
    items = models.CharField(_("对应条款（第三级）"), max_length=200, blank=True, editable=False)
    severity = models.CharField(_("严重程度"), max_length=8, choices=SEVERITIES, editable=False)
    cves = models.CharField(_("CVE 编号"), max_length=300, blank=True, editable=False)
    detail = models.TextField(_("扫描器说明"), blank=True, editable=False)
    first_seen = models.DateTimeField(_("首次发现"), editable=False)
    last_seen = models.DateTimeField(_("最近发现"), editable=False)
    times = models.PositiveIntegerField(_("发现次数"), default=1, editable=False)
    gone_on = models.DateField(_("不再出现"), null=True, editable=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=FindingState.choices, default=FindingState.NEW, editable=False
    )

    class Meta:
        verbose_name = _("扫描问题")
        verbose_name_plural = _("扫描问题")
        ordering = ["-last_seen", "-pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "fingerprint"], name="scan_finding_once")]
        indexes = [models.Index(fields=["component", "state"], name="scan_finding_component")]

    def __str__(self) -> str:
        return f"{self.address} {self.problem or self.title}"

    def get_absolute_url(self) -> str:
        """The page of the problem."""
        return reverse("assessments:scanfinding-detail", args=[self.pk])

    @property
    def queue(self) -> Any:
        """Which queue it waits in besides its state, "" in none."""
        if self.component_id is None:
            return _("未识别地址")
        return "" if self.items else _("未映射")
