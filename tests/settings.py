"""Settings of the test run: the product's own, with cheap passwords and a throw-away var directory.

``DATABASE_URL`` runs the tests on PostgreSQL, ``TEST_BROKER_URL`` the job tests on a real broker.
A worker process started by a test gets the test's own ``VAR_DIR`` and ``DATABASE_URL``.
"""

import atexit
import os
import secrets
import shutil
import tempfile

_process = f"{os.environ.get('PYTEST_XDIST_WORKER', '')}:{os.getpid()}"
if "VAR_DIR" not in os.environ or os.environ.get("SECMGMT_TEST_OWNER", _process) != _process:
    # Made here, or by the parent of this xdist process: each process has its own queue and files.
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="secmgmt-test-")
    os.environ["SECMGMT_TEST_OWNER"] = _process
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

if os.environ.get("SECMGMT_TEST_OWNER") == _process:
    os.environ["CELERY_QUEUE"] = f"test-{secrets.token_hex(6)}"
    os.environ["CELERY_BROKER_URL"] = os.environ.get("TEST_BROKER_URL", "filesystem://localhost/")

from secmgmt.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
INSTALLED_APPS = [*INSTALLED_APPS, "tests.core.testapp", "tests.faults"]  # noqa: F405
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, not memory: threads with connections of their own meet the locks they will meet in use.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # noqa: F405
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
