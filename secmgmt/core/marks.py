"""Texts that carry a state-secret mark are not kept, whichever door they come by."""

from __future__ import annotations

from typing import Any

from django import forms

from . import errors
from .filesafety import secrecy


def refuse_marked(texts: dict[str, tuple[str, str]]) -> None:
    """Refuse texts with a secrecy mark: field name → (label, text). Raises Invalid with the field's sentence.

    Words that only look like a mark pass here: a typed text has no box to confirm them.
    """
    found: dict[str, list[str]] = {}
    for name, (label, text) in texts.items():
        verdict = secrecy.examine_text(text, label)
        if verdict.kind == "refuse":
            found[name] = [verdict.message]
    if found:
        raise errors.Invalid(found)


def typed_texts(form: Any) -> dict[str, tuple[str, str]]:
    """The free texts of a valid form, without what was chosen from a list."""
    return {
        name: (str(form.fields[name].label or name), value)
        for name, value in form.cleaned_data.items()
        if isinstance(value, str) and value and not isinstance(form.fields[name], forms.ChoiceField)
    }
