"""A participation is unique per person and per unit on both databases (SQLite knows no NULLS NOT DISTINCT)."""

from django.db import migrations, models


def drop_twins(apps, schema_editor):
    """Where SQLite let twins in, the first one stays."""
    Participation = apps.get_model("core", "Participation")
    what = ("content_type_id", "object_id", "capacity", "user_id", "unit_id")
    groups = Participation.objects.order_by().values(*what).annotate(first=models.Min("pk"), times=models.Count("pk"))
    for group in groups.filter(times__gt=1):
        same = {name: group[name] for name in what if group[name] is not None}
        Participation.objects.filter(**same, pk__gt=group["first"]).delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0002_search_index")]

    operations = [
        migrations.RemoveConstraint(model_name="participation", name="participation_once"),
        migrations.RunPython(drop_twins, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(
                fields=["content_type", "object_id", "capacity", "user"],
                condition=models.Q(user__isnull=False),
                name="participation_of_a_user_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(
                fields=["content_type", "object_id", "capacity", "unit"],
                condition=models.Q(unit__isnull=False),
                name="participation_of_a_unit_once",
            ),
        ),
    ]
