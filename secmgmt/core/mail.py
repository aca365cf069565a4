"""Notices by e-mail: what waits and where, nothing of what was found (A30). Sent by a job after the act commits.

Without ``EMAIL_HOST`` nothing is sent and nobody is asked for an address; the notice in the site is what counts.
"""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .jobs import JobContext, job
from .jobs.context import held
from .jobs.queue import enqueue
from .models.job import Job
from .notices import check_local, shorten

SUBJECT_LENGTH = 120


def is_on() -> bool:
    """Whether this installation sends mail."""
    return bool(settings.EMAIL_HOST)


def tell(*, users: Iterable[Any], subject: str, text: str, url: str, at: dt.datetime) -> Job | None:
    """Have a mail sent to each of ``users`` who has an address, once the current act has committed.

    ``subject``, ``text``: one sentence each, the same for all; ``url``: a path of this site. Part of the act that is
    told of. None: mail is off, or nobody has an address.
    """
    check_local(url)
    people = sorted({person.pk for person in users if person.is_active and person.email})
    if not is_on() or not people:
        return None
    params = {"users": people, "subject": one_line(subject), "text": shorten(text), "url": url, "sent": []}
    return enqueue("core.mail", params=params, by=None, at=at, label=_("发送邮件提醒"))


def one_line(text: str) -> str:
    """A subject without line breaks, so that no header can be added to it."""
    return " ".join(text.split())[:SUBJECT_LENGTH]


@job("core.mail", label=gettext_lazy("发送邮件提醒"), max_attempts=5)
def send(ctx: JobContext) -> dict[str, Any]:
    """Send what waits; who was sent his is noted at once, so that a second run does not send it again."""
    done: list[int] = list(ctx.params["sent"])
    waiting = get_user_model().objects.filter(pk__in=set(ctx.params["users"]) - set(done), is_active=True)
    people, refused = [person for person in waiting.order_by("pk") if person.email], 0
    with get_connection() as connection:
        for number, person in enumerate(people, 1):
            message = EmailMessage(ctx.params["subject"], body(ctx.params), to=[person.email], connection=connection)
            try:
                message.send()
            except smtplib.SMTPRecipientsRefused:  # his address is wrong; the others still want theirs
                refused += 1
            done.append(person.pk)
            held(ctx.job).update(params={**ctx.params, "sent": done})
            ctx.progress(number, len(people))
    return {"text": _("已发送 %(n)d 封，退回 %(refused)d 封。") % {"n": len(people) - refused, "refused": refused}}


def body(params: dict[str, Any]) -> str:
    """What waits and where, and that nothing need be answered."""
    where = f"{settings.SITE_URL}{params['url']}" if settings.SITE_URL else _("请登录系统，在“通知”中查看。")
    return "\n".join((params["text"], "", where, "", _("这是系统发出的提醒，不必回复。")))
