"""The one way a file is turned away."""

from __future__ import annotations

from secmgmt.core.errors import DomainError


class FileRefused(DomainError):
    """The file cannot be taken (422): ``code`` a stable word, ``message`` says what, where, how to mend."""

    status = 422

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self):  # two arguments: the default would lose the message between processes
        return type(self), (self.code, self.message)
