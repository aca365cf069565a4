"""The form of things."""

from secmgmt.core.forms import RecordForm

from .models import Thing


class ThingForm(RecordForm):
    class Meta:
        model = Thing
        fields = ("unit", "name", "note", "due", "other")
