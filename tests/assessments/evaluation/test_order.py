"""In which order the items of an assessment stand."""

from __future__ import annotations

from assessments.evaluation import services
from tests.support import City

from .conftest import DAY


def test_items_of_a_lower_service_level_stand_within_their_own_layer(graded, city: City, at):
    graded.service_level = 2
    graded.save()
    made = services.create_assessment(protected_object=graded, title="次序", report_date=DAY, by=city.lin, at=at)
    layers = list(dict.fromkeys(made.answers.order_by("order").values_list("layer", flat=True)))
    assert layers[:4] == ["安全物理环境", "安全通信网络", "安全区域边界", "安全计算环境"] and len(layers) == 10
    points = list(made.answers.filter(layer="安全计算环境").order_by("order").values_list("control_point", flat=True))
    assert points.index("数据备份恢复") > points.index("身份鉴别")
