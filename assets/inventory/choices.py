"""The closed lists of the filing form (备案表 表二, 表四); codes as the form prints them.

Where a list ends in 其他 the form asks in words what that is: ``OtherText`` beside the choice.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class ObjectKind(models.TextChoices):
    """What is graded (GB/T 22240-2020 cl. 5)."""

    SYSTEM = "system", _("信息系统")
    NETWORK = "network", _("通信网络设施")
    DATA = "data", _("数据资源")


class Status(models.TextChoices):
    """Where an object is in its life; the form knows the first two."""

    BUILDING = "building", _("在建设")
    RUNNING = "running", _("已运行")
    RETIRED = "retired", _("已停用")


class Construction(models.TextChoices):
    """How the object comes about: what is reviewed at the three gates, and what is assessed as existing."""

    EXISTING = "existing", _("已建")
    NEW = "new", _("新建")
    REBUILD = "rebuild", _("改建")
    EXTEND = "extend", _("扩建")


class BusinessType(models.TextChoices):
    """业务类型."""

    PRODUCTION = "1", _("生产作业")
    DISPATCH = "2", _("指挥调度")
    OFFICE = "3", _("内部办公")
    PUBLIC = "4", _("公众服务")
    OTHER = "9", _("其他")


class ServiceScope(models.TextChoices):
    """服务范围."""

    NATION = "10", _("全国")
    PROVINCES = "11", _("跨省（区、市）")
    PROVINCE = "20", _("全省（区、市）")
    CITIES = "21", _("跨地（市、区）")
    CITY = "30", _("地（市、区）内")
    OTHER = "99", _("其他")


class ServiceUsers(models.TextChoices):
    """服务对象."""

    STAFF = "1", _("单位内部人员")
    PUBLIC = "2", _("社会公众人员")
    BOTH = "3", _("两者均包括")
    OTHER = "9", _("其他")


class Deployment(models.TextChoices):
    """部署范围."""

    LAN = "1", _("局域网")
    MAN = "2", _("城域网")
    WAN = "3", _("广域网")
    OTHER = "9", _("其他")


class NetworkNature(models.TextChoices):
    """网络性质."""

    PRIVATE = "1", _("业务专网")
    INTERNET = "2", _("互联网")
    OTHER = "9", _("其他")


class CloudSide(models.TextChoices):
    """云计算责任主体: provider and tenant are graded separately (GB/T 22240-2020 5.1.2)."""

    PROVIDER = "provider", _("云服务商")
    TENANT = "tenant", _("云服务客户")


class CloudService(models.TextChoices):
    """云计算服务模式."""

    IAAS = "iaas", _("IaaS")
    PAAS = "paas", _("PaaS")
    SAAS = "saas", _("SaaS")
    OTHER = "other", _("其他")


class CloudDeployment(models.TextChoices):
    """云计算部署模式."""

    PRIVATE = "private", _("私有云")
    PUBLIC = "public", _("公有云")
    HYBRID = "hybrid", _("混合云")
    GOVERNMENT = "government", _("政务云")
    OTHER = "other", _("其他")


class NetworkKind(models.TextChoices):
    """What a network is."""

    INTERNET = "internet", _("互联网")
    EXTRANET = "extranet", _("政务外网")
    PRIVATE = "private", _("业务专网")
    LAN = "lan", _("单位局域网")
    VIDEO = "video", _("视频专网")
    IOT = "iot", _("物联感知网")
    OTHER = "other", _("其他")


class ZoneKind(models.TextChoices):
    """What a zone is for, in the order in which a picture shows them from outside to inside."""

    EXTERNAL = "external", _("外部")
    INTERNET = "internet", _("互联网区")
    EXTRANET = "extranet", _("政务外网区")
    PRIVATE = "private", _("专网区")
    ACCESS = "access", _("接入区")
    DMZ = "dmz", _("对外服务区")
    CORE = "core", _("核心交换区")
    APPLICATION = "application", _("应用区")
    DATA = "data", _("数据区")
    MANAGEMENT = "management", _("安全管理区")
    TERMINAL = "terminal", _("终端区")
    BACKUP = "backup", _("灾备区")


# technical kinds of 表四, as the fields of ProtectedObject that say so
TECHNICAL_KINDS = (
    ("is_cloud", _("云计算")),
    ("is_mobile", _("移动互联")),
    ("is_iot", _("物联网")),
    ("is_industrial", _("工业控制")),
    ("is_big_data", _("大数据")),
)

OTHERS = frozenset({"9", "99", "other"})  # the codes of 其他
SUFFIX = "_other"


class OtherText(models.CharField):
    """What 其他 means in the choice beside it: the field ``x_other`` speaks of the choice ``x`` of its model.

    ``AssetForm`` requires it with 其他 and refuses it otherwise; ``get_x_display`` says it with the choice.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        usual = {"max_length": 60, "blank": True, "help_text": _("选“其他”时写明。")}
        super().__init__(*args, **{**usual, **kwargs})

    def deconstruct(self) -> tuple[Any, ...]:
        """To a migration it is a column like any other."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    @property
    def of(self) -> str:
        """The name of the choice."""
        return self.name.removesuffix(SUFFIX)

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        """The choice, which stands before it in the class, is shown with its text."""
        super().contribute_to_class(cls, name, *args, **kwargs)

        def display(obj: Any) -> str:
            chosen = obj._get_FIELD_display(field=obj._meta.get_field(self.of))
            text = getattr(obj, self.attname)
            return f"{chosen}（{text}）" if text else chosen

        setattr(cls, f"get_{self.of}_display", display)
