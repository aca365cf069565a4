"""The list of important objects is kept by the keeper of the rules, with the document that says so."""

from __future__ import annotations

from secmgmt.core.models import AuditEvent


def decide(client, obj, **values):
    return client.post(
        f"/objects/{obj.pk}/important/", {"important": "1", "basis": "领导小组〔2026〕3号", **values}
    )


def test_the_keeper_of_the_rules_names_an_important_object(browse, city, world):
    pan = browse(city.pan)
    assert pan.get(f"/objects/{world.platform.pk}/important/").status_code == 200
    assert decide(pan, world.platform, seen="v1").status_code == 302
    world.platform.refresh_from_db()
    assert world.platform.named_important and world.platform.important_basis == "领导小组〔2026〕3号"
    assert AuditEvent.objects.filter(verb="assets.protectedobject.designate").exists()


def test_without_a_basis_or_on_another_version_nothing_is_decided(browse, city, world):
    pan = browse(city.pan)
    assert decide(pan, world.platform, seen="v1", basis="").status_code == 422
    assert decide(pan, world.platform, seen="v0").status_code == 409
    assert decide(pan, world.platform).status_code == 409
    assert decide(pan, world.platform, seen="v1", important="0").status_code == 409
    world.platform.refresh_from_db()
    assert not world.platform.named_important


def test_an_owner_does_not_name_his_own(browse, city, world):
    lin = browse(city.lin)
    assert lin.get(f"/objects/{world.platform.pk}/important/").status_code == 403
    assert decide(lin, world.platform, seen="v1").status_code == 403
    assert decide(browse(city.su), world.platform, seen="v1").status_code == 404
