"""The product's own settings, with a meter as the outermost layer of each request."""

from secmgmt.settings import *  # noqa: F403

MIDDLEWARE = ["tests.bench.meter.Meter", *MIDDLEWARE]  # noqa: F405
