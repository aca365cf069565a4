"""Data classes (表六): amounts, sources and targets fit together."""

from __future__ import annotations

import pytest

from assets.models import DataCategory


def post(client, world, **values):
    good = {
        "protected_object": world.platform.pk, "name": "电子病历", "level": "important", "category": "医疗",
        "department": "信息科", "personal": "sensitive", "people": "320", "volume_gb": "1200.5",
        "source": "collected", "exchange": "provided", "target_units": "省卫健委、市医保局", "store": "own_room",
        "version": 0,
    }  # fmt: skip
    return client.post("/data/new/", {**good, **values})


def test_a_good_data_class_is_registered(browse, city, world):
    assert post(browse(city.lin), world).status_code == 302
    assert DataCategory.objects.filter(name="电子病历", level="important").exists()


BAD = [
    ({"volume_gb": "-1"}, "数量不能是负数"),
    ({"volume_gb": "", "records": ""}, "至少填一项"),
    ({"volume_gb": "1e99"}, "数字"),
    ({"target_units": "甲、乙、丙、丁"}, "至多写三个单位，现有 4 个"),
    ({"target_units": ""}, "须填写“流出单位”"),
    ({"exchange": "none"}, "不应填写“流出单位”"),
    ({"source": "shared"}, "须填写“来源单位”"),
    ({"personal": "none"}, "不应填写“涉及个人（万人）”"),
    ({"people": ""}, "须填写“涉及个人（万人）”"),
    ({"store": "government_cloud", "stored_abroad": "on"}, "政务云不在境外"),
    ({"name": "居民健康档案"}, "已有同名的数据类别"),
]


@pytest.mark.parametrize(("values", "sentence"), BAD, ids=[str(v)[:40] for v, _s in BAD])
def test_bad_input_is_refused_with_a_sentence(browse, city, world, values, sentence):
    response = post(browse(city.lin), world, **values)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert DataCategory.objects.count() == 1


def test_data_cannot_be_hung_on_another_bureaus_object(browse, city, world):
    assert post(browse(city.lin), world, protected_object=world.school.pk).status_code == 422
