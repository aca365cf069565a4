"""Texts that carry a state-secret mark are not kept, by page, API or import.

Three doors ask here: every form (``forms.Unmarked``), every text a service is given (``audit.audited``), and the
opinion on a step (``Workflow.fire``). Whatever they turn away gets its row in the trail.
"""

from __future__ import annotations

from typing import Any

from django import forms

from . import errors
from .context import turned_away
from .filesafety import secrecy

CODE = "secrecy-mark"
NOT_KEPT = ("password", "token")  # parameters that are never stored as they are, and never repeated in a message


def refuse_marked(texts: dict[str, tuple[str, str]]) -> None:
    """Refuse texts with a secrecy mark: field name → (label, text). Raises Invalid with the field's sentence.

    Words that only look like a mark pass here: a typed text has no box to confirm them.
    """
    if found := sentences(texts):
        turned_away(CODE, "；".join(found.values()))
        raise errors.Invalid({name: [sentence] for name, sentence in found.items()})


def sentences(texts: dict[str, tuple[str, str]]) -> dict[str, str]:
    """What is wrong with those of ``texts`` that carry a mark."""
    verdicts = {name: secrecy.examine_text(text, label) for name, (label, text) in texts.items() if "密" in text}
    return {name: verdict.message for name, verdict in verdicts.items() if verdict.kind == "refuse"}


def given_texts(values: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The texts among a service's parameters."""
    return {name: ("", text) for name, text in values.items() if isinstance(text, str) and name not in NOT_KEPT}


def typed_texts(form: Any) -> dict[str, tuple[str, str]]:
    """The free texts of a form as far as it is cleaned, without passwords and what was chosen from a list."""
    return {
        name: (str(form.fields[name].label or name), value)
        for name, value in form.cleaned_data.items()
        if isinstance(value, str) and value
        and not isinstance(form.fields[name], forms.ChoiceField)
        and not isinstance(form.fields[name].widget, forms.PasswordInput)
    }  # fmt: skip
