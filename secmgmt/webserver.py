"""Settings of gunicorn under ``manage.py up`` and in the shipped units."""

from __future__ import annotations

from typing import Any

from secmgmt.supervisor import die_with_parent

graceful_timeout = 5
timeout = 60
keepalive = 5
control_socket_disable = True
limit_request_line = 8190
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file must not wait for a slow disk


def post_fork(server: Any, worker: Any) -> None:
    """A worker dies with its master, even a killed one."""
    die_with_parent(server.pid)
