"""The settings of the tests: the real ones, with tasks that wait and cheap password hashes."""

import os
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("REMBUK_DATA", str(Path(__file__).resolve().parent.parent / ".test-data"))
# With an identity provider there are more addresses. tests/pages/test_single_sign_on.py serves one.
os.environ.setdefault("OIDC_ISSUER", "http://localhost:9")
Path(os.environ["REMBUK_DATA"]).mkdir(parents=True, exist_ok=True)

from config.settings import *  # noqa: E402, F403 -- the environment must be set first
from config.settings import DATABASES, INSTALLED_APPS, STORAGES  # noqa: E402

# What a worker would do is done where a test asks for it; pages do without a worker.
TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
PUBLIC_URL = "https://layanan.example"
FORM_SECONDS = 0  # tests fill in forms faster than people; the test of the rule sets it
CLOCK_TOLERANCE = 10**9  # tests set the clock to any day; the test of the rule sets it
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
options = DATABASES["default"].get("OPTIONS", {})
if "init_command" in options:  # SQLite: nothing of a test must survive a power cut
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
STATIC_ROOT = Path(os.environ["REMBUK_DATA"]) / "static"  # nothing is collected for tests
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# The live server of pytest-django serves static files only if it finds this name.
INSTALLED_APPS[INSTALLED_APPS.index("kit.apps.StaticFilesConfig")] = "django.contrib.staticfiles"
