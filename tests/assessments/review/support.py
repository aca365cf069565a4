"""Projects and their gates as people take them through the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.models import GateDepartment, GateItem, GateReview, Project
from secmgmt.core import attachments
from secmgmt.core.clock import now, today
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_object
from tests.support import CastClient, City, make_position, make_user

GATES = ("GATE-1", "GATE-2", "GATE-3", "GATE-4")


def signed_in(user: Any) -> CastClient:
    client = CastClient()
    client.force_login(user)
    return client


class Scene:
    """A project of the health bureau; the data bureau leads; two departments are asked at every gate."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.lead = make_user("fei", unit=city.data, name="费牵头")
        make_position(self.lead, city.data.parent, "act_as_authority")
        self.other_lead = make_user("geng", unit=city.education, name="耿旁观")
        make_position(self.other_lead, city.root, "act_as_authority")
        self.police = make_user("jing", unit=city.root, name="景公安")
        self.secrecy = make_user("bao", unit=city.root, name="包保密")
        for user in (self.police, self.secrecy):
            make_position(user, city.root, "act_as_consulted")
        stamp = {"created_at": now(), "updated_at": now()}
        for gate in GATES:
            for number, name in enumerate(("方案", "报告"), 1):
                GateItem.objects.create(
                    gate=gate, code=f"{gate}-0{number}", name=name, basis="GB/T 22239-2019", acceptance="齐全",
                    blocking=number == 1, **stamp,
                )  # fmt: skip
            GateDepartment.objects.create(gate=gate, code="PSB", name="市公安局", focus="定级", **stamp)
        GateDepartment.objects.create(
            gate="GATE-1", code="SEC", name="市国家保密局", focus="涉密判定", only_item="GATE-1-02", **stamp
        )
        self.target = make_object(city.health, "预约平台", status="building", owner=city.lin)

    def project(self, **values: Any) -> Project:
        sent = {
            "unit": self.city.health.pk, "name": "预约平台建设", "kind": "new", "targets": [self.target.pk],
            "content": "新建预约平台。", "contact": "林予安", "level": 3,
            "planned_on": (today() + dt.timedelta(days=90)).isoformat(),
            "lead": self.city.data.pk, "version": 0, **values,
        }  # fmt: skip
        response = signed_in(self.city.lin).post(reverse("assessments:project-create"), sent)
        assert response.status_code == 302, response.content.decode()[-3000:]
        return Project.objects.latest("pk")

    def start(self, project: Project, gate: str) -> GateReview:
        response = signed_in(self.city.lin).post(reverse("assessments:project-start", args=[project.pk, gate]))
        assert response.status_code == 302, response.content.decode()[-2000:]
        return GateReview.objects.latest("pk")

    def submitted(self, project: Project, gate: str) -> GateReview:
        """Its documents are there and handed in."""
        review = self.start(project, gate)
        for item in review.items.all():
            file = SimpleUploadedFile(f"{item.name}.txt", f"{item} 材料".encode())
            attachments.attach(parent=item, upload=file, by=self.city.lin, at=now(), declared_not_secret=True)
        assert self.take(self.city.lin, review, "submit").status_code == 302
        return review

    def heard(self, review: GateReview, verdict: str = "agree") -> None:
        """Every department of the gate is asked and answers."""
        for row in GateDepartment.objects.filter(gate=review.gate):
            user = self.secrecy if row.code == "SEC" else self.police
            assert self.invite(review, row, user).status_code == 302
            opinion = review.opinions.get(code=row.code)
            sent = {"verdict": verdict, "text": "见附件。", "version": opinion.version}
            response = signed_in(user).post(reverse("assessments:gateopinion-give", args=[opinion.pk]), sent)
            assert response.status_code == 302, response.content.decode()[-2000:]

    def invite(self, review: GateReview, department: GateDepartment, user: Any, by: Any = None) -> Any:
        until = (today() + dt.timedelta(days=5)).isoformat()
        sent = {"department": department.pk, "user": user.pk, "until": until}
        return signed_in(by or self.lead).post(reverse("assessments:gatereview-invite", args=[review.pk]), sent)

    def examined(self, review: GateReview) -> None:
        assert signed_in(self.lead).post(reverse("assessments:gatereview-rest", args=[review.pk])).status_code == 302

    def take(self, user: Any, review: GateReview, step: str, **sent: Any) -> Any:
        review.refresh_from_db()
        url = reverse("assessments:gatereview-transition", args=[review.pk, step])
        return signed_in(user).post(url, {"seen": seen_token(review), "opinion": "属实，同意。", **sent})

    def passed(self, project: Project, gate: str, step: str = "pass_", **sent: Any) -> GateReview:
        review = self.submitted(project, gate)
        self.heard(review)
        self.examined(review)
        response = self.take(self.lead, review, step, **sent)
        assert response.status_code == 302, response.content.decode()[-3000:]
        review.refresh_from_db()
        return review
