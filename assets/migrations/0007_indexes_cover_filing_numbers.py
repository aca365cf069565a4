from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0006_index_counts_by_status'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='protectedobject', name='object_by_name'),
        migrations.RemoveIndex(model_name='protectedobject', name='object_by_level'),
        migrations.RemoveIndex(model_name='protectedobject', name='object_by_kind'),
        migrations.RemoveIndex(model_name='protectedobject', name='object_by_status'),
        migrations.AddIndex(
            model_name='protectedobject',
            index=models.Index(fields=['name', 'id', 'is_secret_register', 'unit', 'status', 'security_level', 'kind', 'named_important', 'code', 'filing_number'], name='object_by_name'),
        ),
        migrations.AddIndex(
            model_name='protectedobject',
            index=models.Index(fields=['security_level', 'name', 'id', 'is_secret_register', 'unit', 'status', 'kind', 'named_important', 'code', 'filing_number'], name='object_by_level'),
        ),
        migrations.AddIndex(
            model_name='protectedobject',
            index=models.Index(fields=['kind', 'name', 'id', 'is_secret_register', 'unit', 'status', 'security_level', 'named_important', 'code', 'filing_number'], name='object_by_kind'),
        ),
        migrations.AddIndex(
            model_name='protectedobject',
            index=models.Index(fields=['status', 'name', 'id', 'is_secret_register', 'unit', 'security_level', 'kind', 'named_important', 'code', 'filing_number'], name='object_by_status'),
        ),
    ]
