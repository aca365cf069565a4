"""Rows made before standards had an edition; apart from the columns, since PostgreSQL wants it so."""

from django.db import migrations


def name_standards(apps, schema_editor):
    """Standards get their edition, assessments the standard whose code they were frozen with."""
    Standard, Assessment = apps.get_model("assessments", "Standard"), apps.get_model("assessments", "Assessment")
    for standard in Standard.objects.all():
        Standard.objects.filter(pk=standard.pk).update(edition=standard.code.rpartition("-")[2][:20])
        Assessment.objects.filter(standard_code=standard.code).update(standard=standard)


class Migration(migrations.Migration):

    dependencies = [("assessments", "0004_own_standards")]

    operations = [migrations.RunPython(name_standards, migrations.RunPython.noop)]
