"""A plain keep-alive browser: cookies, the CSRF token, redirects on demand, the way a background job is waited for."""

from __future__ import annotations

import base64
import hmac
import http.client
import re
import secrets
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from .meter import CPU, QUERIES

JOB = re.compile(r"^/jobs/\d+/$")
POLL_SECONDS = 0.1
JOB_SECONDS = 120
REST_SECONDS = 3
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of tests.support


@dataclass(frozen=True)
class Answer:
    """A response with what it cost: wall time seen by the client, processor time and statements of the server."""

    status: int
    location: str
    body: bytes
    wall: float
    cpu: float
    queries: int

    @property
    def text(self) -> str:
        return self.body.decode()


class Refused(Exception):
    """The product did not do what was asked of it: a figure would be worth nothing."""


class Browser:
    """One person at one connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
        self.cookies: dict[str, str] = {}
        self.used = 0.0

    def sign_in(self, username: str, password: str) -> Browser:
        """Through the form, as a person does."""
        self.get("/accounts/login/")
        answer = self.post("/accounts/login/", {"login": username, "password": password}, expect=302)
        if "authenticate" in answer.location:
            self.get(answer.location)
            answer = self.post(answer.location, {"code": code()}, expect=302)
        if "login" in answer.location:
            raise Refused(f"{username} cannot sign in")
        self.get("/")
        return self

    def get(self, path: str, *, expect: int = 200, **headers: str) -> Answer:
        """A page that must be there."""
        return self.send("GET", path, None, headers, expect)

    def post(self, path: str, fields: dict, *, expect: int = 200, file: bytes = b"", **headers: str) -> Answer:
        """A form, with a workbook where there is one."""
        fields = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}
        if file:
            body, headers["Content-Type"] = multipart(fields, file)
        else:
            body = urlencode(fields).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.send("POST", path, body, headers, expect)

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str], expect: int) -> Answer:
        """One request and its whole answer."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if time.monotonic() - self.used > REST_SECONDS:
            self.connection.close()  # the server closes what rested long; the next request opens it again
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        wall, self.used = time.perf_counter() - began, time.monotonic()
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if response.status != expect:
            text = re.sub(r"<[^>]*>|\s+", " ", content.decode(errors="replace"))
            raise Refused(f"{method} {path}: {response.status} instead of {expect}: {' '.join(text.split())[-600:]}")
        parts = urlsplit(response.headers.get("Location", ""))
        location = parts.path + (f"?{parts.query}" if parts.query else "")
        cost = float(response.headers.get(CPU, 0)), int(response.headers.get(QUERIES, 0))
        return Answer(response.status, location, content, wall, *cost)

    def wait(self, answer: Answer) -> tuple[str, set[str]]:
        """Where ``answer`` leads to once its background job, if it is one, is done; and the progress seen."""
        if not JOB.match(answer.location):
            return answer.location, set()
        seen: set[str] = set()
        deadline = time.monotonic() + JOB_SECONDS
        while time.monotonic() < deadline:
            text = self.get(answer.location, HX_Request="true", X_Poll="1").text
            if 'role="alert"' in text:
                raise Refused(f"{answer.location}: {' '.join(re.sub('<[^>]*>', ' ', text).split())}")
            if "hx-trigger" not in text:
                links = re.findall(r'href="(/[^"]+)"', text)
                return (links[-1] if links else answer.location), seen
            seen |= set(re.findall(r'value="(\d+)"', text))
            time.sleep(POLL_SECONDS)
        raise Refused(f"{answer.location} is not done after {JOB_SECONDS} s")


def code(at: float | None = None) -> str:
    """The code of now of the authenticator everybody here has (RFC 6238)."""
    moment = int((time.time() if at is None else at) // 30)
    mac = hmac.digest(base64.b32decode(SEED), moment.to_bytes(8, "big"), "sha1")
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def multipart(fields: dict[str, str], file: bytes) -> tuple[bytes, str]:
    """A form with a workbook in its field ``file``."""
    mark = secrets.token_hex(16)
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="rows.xlsx"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + file + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"
