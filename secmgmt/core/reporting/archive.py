"""Office files as reproducible zip archives: the same parts and moment give the same bytes."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from .text import local_time

_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def _iso(moment: datetime) -> bytes:
    moved = local_time(moment)
    if moved.tzinfo is not None:
        moved = moved.astimezone(UTC)
    return moved.strftime("%Y-%m-%dT%H:%M:%SZ").encode()


def stable_zip(
    data: bytes, moment: datetime, edit: Mapping[str, Callable[[bytes], bytes]] | None = None, level: int = 6
) -> bytes:
    """`data` packed again with `moment` as every time stamp; `edit` maps a part to what becomes of it."""
    stamp = max(local_time(moment).timetuple()[:6], (1980, 1, 1, 0, 0, 0))
    output = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(output, "w", ZIP_DEFLATED, compresslevel=level) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _STAMP.sub(rb"\g<1>" + _iso(moment) + rb"\g<3>", part)
            if edit and name in edit:
                part = edit[name](part)
            info = ZipInfo(name, stamp)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, part)
    return output.getvalue()
