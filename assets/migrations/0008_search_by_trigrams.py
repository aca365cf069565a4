"""PostgreSQL finds a word of three or more characters inside a name, code or filing number by an index.

``pg_trgm`` comes with PostgreSQL and any owner of a database may create it (trusted since version 13). Where it is
lacking or may not be created there is no index: the same rows are found, only later.
"""

from django.db import migrations

AVAILABLE = (
    "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm' "
    "AND (installed_version IS NOT NULL OR has_database_privilege(current_database(), 'CREATE'))"
)
FORWARD = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX object_trigrams ON assets_protectedobject "
    "USING gin (name gin_trgm_ops, code gin_trgm_ops, filing_number gin_trgm_ops)",
)


def make_index(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(AVAILABLE)
        if cursor.fetchone():
            for statement in FORWARD:
                cursor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS object_trigrams")  # the extension may serve others


class Migration(migrations.Migration):
    dependencies = [("assets", "0007_indexes_cover_filing_numbers")]
    operations = [migrations.RunPython(make_index, drop_index)]
