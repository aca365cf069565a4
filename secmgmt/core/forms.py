"""Forms of records: scoped choices, the version against lost updates, and the house's markup.

A form offers only what its user may see, and ``records.save`` checks again. The widgets carry no script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core import validators
from django.db import models
from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import bounds, marks, permissions
from .context import turned_away
from .templatetags.ui import shown

UNSAID = forms.Field.default_error_messages["required"]  # Django's own words
PLAIN = (  # Django's words and ours, which are shorter and say what to do
    (validators.MaxLengthValidator.message, gettext_lazy("最多 %(limit_value)d 字，现有 %(show_value)d 字。")),
    (validators.MinLengthValidator.message, gettext_lazy("至少 %(limit_value)d 字，现有 %(show_value)d 字。")),
    (validators.MinValueValidator.message, gettext_lazy("不能小于 %(limit_value)s。")),
    (validators.MaxValueValidator.message, gettext_lazy("不能大于 %(limit_value)s。")),
    (forms.DateField.default_error_messages["invalid"], gettext_lazy("请按 2026-01-31 的格式填写日期。")),
    (forms.IntegerField.default_error_messages["invalid"], gettext_lazy("请填写整数。")),
    (forms.DecimalField.default_error_messages["invalid"], gettext_lazy("请填写数字。")),
)


def missing(label: Any) -> str:
    """What every form, import and API answer says of a field that must be filled in and is not."""
    return _("“%(label)s”没有填写。") % {"label": label}


class DateInput(forms.DateInput):
    """A date control of the browser; the value is ISO whatever the locale."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """A date-time control of the browser, local time to the minute."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class Renderer(DjangoTemplates):
    """Django's own, but it draws a select in one go: a template for each of a hundred units is most of a page."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == forms.Select.template_name:
            return select_html(context["widget"])
        return super().render(template_name, context, request)


def select_html(widget: dict[str, Any]) -> str:
    """A ``<select>`` as Django's templates draw it."""
    groups = []
    for name, options, _index in widget["optgroups"]:
        drawn = format_html_join("", '<option value="{}"{}>{}</option>', map(option_parts, options))
        groups.append(format_html('<optgroup label="{}">{}</optgroup>', name, drawn) if name else drawn)
    return format_html(
        '<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), SafeString("".join(groups))
    )


def option_parts(option: dict[str, Any]) -> tuple[str, str, str]:
    """(value, attributes, label) of an option."""
    attrs = option["attrs"]  # mostly none
    return str(option["value"]), flatatt(attrs) if attrs else "", option["label"]


def limit_to_visible(field: forms.Field, user: Any, action: str = "view") -> None:
    """Let a foreign-key field offer only rows its user may see; models without a scope stay as they are."""
    if not isinstance(field, forms.ModelChoiceField):
        return
    queryset = field.queryset
    if hasattr(queryset, "visible_to"):
        field.queryset = queryset.visible_to(user, action) if user is not None else queryset.none()


def units_for(field: forms.ModelChoiceField, user: Any, model: type[models.Model], action: str) -> None:
    """Let the field that places a row offer only the units at which ``user`` may do ``action``."""
    paths = permissions.paths_for(user, model, action) if user is not None else []
    if any(permissions.covers_everything(path) for path in paths):
        return
    condition = models.Q(pk__in=[])
    for path in paths:
        condition |= models.Q(path__startswith=path)
    field.queryset = field.queryset.filter(condition)


@dataclass(frozen=True)
class Section:
    """A titled group of a form's fields."""

    title: str
    fields: list[forms.BoundField]
    help: str = ""


@dataclass(frozen=True)
class Difference:
    """A field on which two versions of a row disagree, as texts."""

    label: str
    stored: str
    mine: str


class Worded(forms.BaseForm):
    """A form that says what is not filled in as all of them do; a field with words of its own keeps them."""

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, found in (self._errors or {}).items():
            for error in found.as_data():
                if error.code == "required" and error.message == UNSAID:
                    error.message = missing(self.fields[name].label or name)
                error.message = next((ours for theirs, ours in PLAIN if error.message is theirs), error.message)


class Unmarked(Worded):
    """A form whose free texts carry no secrecy mark and are of a size: page, API and import fill the same one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            bounds.limit_text(field)
            bounds.limit_value(field)

    def _clean_fields(self) -> None:
        """Each text by itself, so that what is wrong is told at its field."""
        super()._clean_fields()
        found = marks.sentences(marks.typed_texts(self))
        for name, sentence in found.items():
            self.add_error(name, sentence)
        if found:
            turned_away(marks.CODE, "；".join(found.values()))


class UnmarkedForm(Unmarked, forms.Form):
    """Base of every form that belongs to no record."""


class RecordForm(Unmarked, forms.ModelForm):
    """Base of every form on a Record.

    ``fieldsets``: ((title, (field names)), …); fields named in none come last.
    ``querysets``: field → function user → rows it may choose, where that is not what he may see.
    ``appears``: field → (the field it depends on, its values; none: any). With a script it shows only then, or while
    something stands in it; whether it must or must not be filled is said by ``clean``.
    Takes ``user``; carries the hidden ``version`` of the row it was made from.
    """

    fieldsets: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = ()
    querysets: ClassVar[dict[str, Callable[[Any], models.QuerySet]]] = {}
    appears: ClassVar[dict[str, tuple[str, tuple[str, ...]]]] = {}
    places: ClassVar[dict[str, Any]] = {}  # field → where an official form asks for the same

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.order_fields([name for _title, names in self.fieldsets for name in names])  # errors come as fields stand
        self.fields["version"].initial = self.instance.version if self.instance.pk else 0
        for name, field in self.fields.items():
            self._prepare(name, field)
        for name, (choice, values) in self.appears.items():
            self.show_with(name, choice, values)

    def show_with(self, name: str, choice: str, values: tuple[str, ...]) -> None:
        """Mark a field that belongs to some answers of another; the script reads it."""
        self.fields[name].widget.attrs |= {"data-of": choice, "data-when": " ".join(values)}

    def _prepare(self, name: str, field: forms.Field) -> None:
        if name in self.querysets:
            field.queryset = self.querysets[name](self.user)
        elif isinstance(field, forms.ModelChoiceField) and name == self._place():
            units_for(field, self.user, self._meta.model, "change" if self.instance.pk else "add")
        else:
            limit_to_visible(field, self.user)
        if isinstance(field, forms.ModelChoiceField) and self.instance.pk:
            self._keep_current(name, field)
        if isinstance(field, forms.DateTimeField):
            field.widget = DateTimeInput(field.widget.attrs)
        elif isinstance(field, forms.DateField):
            field.widget = DateInput(field.widget.attrs)
        several = isinstance(field, forms.ModelMultipleChoiceField)
        if isinstance(field, forms.ModelChoiceField) and not several:
            field.empty_label = _("请选择") if field.required else _("无")
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 3  # Django's own ten are a page of nothing

    def _post_clean(self) -> None:
        """What form and model both find wrong is said once."""
        super()._post_clean()  # type: ignore[misc]
        for found in self.errors.values():
            found.data = list({" ".join(error.messages): error for error in found.as_data()}.values())

    def _keep_current(self, name: str, field: forms.ModelChoiceField) -> None:
        """What the row already refers to stays a choice, or nobody below could save it again."""
        value = self.initial.get(name)
        current = [getattr(v, "pk", v) for v in value] if isinstance(value, (list, tuple)) else [value]
        kept = [pk for pk in current if pk is not None]
        if kept:
            whole = field.queryset.model._default_manager.all()
            inside = field.queryset.order_by().values("pk")
            field.queryset = whole.filter(models.Q(pk__in=inside) | models.Q(pk__in=kept))

    def _place(self) -> str:
        """The field that says at which unit the row belongs, if the form has it."""
        path = getattr(self._meta.model, "scope_path", "")
        return path.split("__")[0] if path.count("__") == 1 else ""

    def sections(self) -> Iterator[Section]:
        """The visible fields in their titled groups."""
        named = {name for _title, names in self.fieldsets for name in names}
        for title, names in self.fieldsets:
            fields = [self[name] for name in names if name in self.fields and not self[name].is_hidden]
            if fields:
                yield Section(str(title), fields)
        rest = [bound for bound in self.visible_fields() if bound.name not in named]
        if rest:
            yield Section(str(gettext_lazy("其他")) if self.fieldsets else "", rest)

    @property
    def is_wide(self) -> bool:
        """Whether the form is long enough for two columns."""
        return len(self.visible_fields()) > 9


def text_of(bound: forms.BoundField, value: Any) -> str:
    """A field's value as a reader sees it: labels of choices, names of rows."""
    field = bound.field
    if isinstance(value, (list, tuple, models.QuerySet)):
        return "、".join(text_of(bound, item) for item in value) or "—"
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(field, forms.ModelChoiceField):
        try:
            return (
                str(
                    field.to_python(value)
                    if not isinstance(field, forms.ModelMultipleChoiceField)
                    else field.queryset.get(pk=value)
                )
                if value not in (None, "")
                else "—"
            )
        except (forms.ValidationError, models.ObjectDoesNotExist, ValueError, TypeError):
            return shown(value)
    if isinstance(field, forms.ChoiceField) or hasattr(field, "choices"):
        labels = {str(k): str(v) for k, v in forms.ChoiceField(choices=field.choices).widget.choices}
        return labels.get(str(value), shown(value))
    return shown(value)


def differences(fresh: forms.BaseForm, sent: forms.BaseForm) -> list[Difference]:
    """Where the row as stored (``fresh``, an unbound form on it) and a submitted form disagree."""
    found = []
    for bound in sent.visible_fields():
        stored = text_of(bound, fresh[bound.name].initial)
        mine = text_of(bound, _sent_value(bound))
        if stored.replace("\r\n", "\n").strip() != mine.replace("\r\n", "\n").strip():
            found.append(Difference(str(bound.label), stored, mine))
    return found


def _sent_value(bound: forms.BoundField) -> Any:
    """What was submitted, as a Python value where it is valid, else as text."""
    try:
        return bound.field.clean(bound.data)
    except forms.ValidationError:
        return bound.data
