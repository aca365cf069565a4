"""What the demo's gradings and self-assessments say: levels, opinions, evidence, remarks. All invented."""

from __future__ import annotations

# Object → (business level, service level); others are graded S2A2.
LEVELS = {
    "市电子政务网络": (3, 3),
    "市级数据中心机房": (3, 3),
    "市灾备中心": (3, 3),
    "市政务云平台": (3, 3),
    "政府数据资源中心": (3, 3),
    "区域卫生信息共享平台": (3, 3),
    "居民健康档案系统": (3, 2),
    "电子病历共享系统": (3, 3),
    "市中心医院信息系统": (3, 3),
    "居民卡系统": (3, 3),
    "社会保险业务系统": (3, 3),
    "市级应急平台": (2, 3),
    "治安监控网络": (3, 3),
    "智能电网配电自动化系统": (3, 4),
    "智能水务监控系统": (2, 3),
    "政府门户网站群": (3, 3),
    "网上行政审批系统": (3, 3),
    "智慧旅游信息库": (1, 1),
    "数字大棚物联网系统": (1, 1),
}
UNGRADED = ("疾病预防控制信息系统",)  # left for the owner to grade
# Object → how far its self-assessment is
ASSESSED = {
    "市电子政务网络": "confirmed",
    "区域卫生信息共享平台": "in_progress",
    "居民健康档案系统": "submitted",
}
COLLEAGUE = ("planner.health", "安全运维管理")  # answers this layer of what is in progress in his unit
CONFIRM_OPINION = "演示数据：结论与现场情况相符，同意。部分符合和不符合的项列入整改计划。"

# Control point → file of data/demo_evidence, kept with the first item of the control point
EVIDENCE = {
    "物理访问控制": "机房出入登记表.csv",
    "边界防护": "边界防火墙策略导出.txt",
    "身份鉴别": "身份鉴别策略核查记录.txt",
    "安全审计": "日志留存抽查.csv",
    "数据备份恢复": "备份恢复测试记录.txt",
    "管理制度": "网络安全管理制度目录.txt",
    "安全意识教育和培训": "培训签到表.csv",
    "漏洞和风险管理": "漏洞扫描结果摘要.txt",
}
# control point | account: owner or lead of the unit | remark on the first item of the control point
REMARKS = (
    ("物理访问控制", "lead", "演示数据：登记表请补上二月下旬外来施工人员的陪同记录。"),
    ("物理访问控制", "owner", "演示数据：已补，见附件第 2 行。"),
    ("可信验证", "owner", "演示数据：现有设备不支持可信根，随下一次换代采购一并解决。"),
    ("数据备份恢复", "lead", "演示数据：恢复用时超过目标，请与灾备中心商定增量备份的频次。"),
    ("漏洞和风险管理", "owner", "演示数据：三个中危漏洞等停机窗口，计划月底前修复。"),
)
