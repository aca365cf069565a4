from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0005_other_texts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='protectedobject',
            index=models.Index(condition=models.Q(('is_secret_register', False)), fields=['status'], name='object_count_status'),
        ),
    ]
