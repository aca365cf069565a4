"""The filters of things."""

from secmgmt.core.filters import RecordFilterSet

from .models import Thing


class ThingFilter(RecordFilterSet):
    search_fields = ("name",)

    class Meta:
        model = Thing
        fields = ("state", "unit")
