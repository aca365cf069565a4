"""The bigram index of the site-wide search, one form for each database, and the one head of the audit chain.

SQLite: an FTS5 table over core_searchentry's tokens (external content) that three triggers keep in step.
Whoever rebuilds core_searchentry in a later migration makes the triggers again.
"""

from django.db import migrations

SQLITE_FORWARD = [
    "CREATE VIRTUAL TABLE core_searchindex USING fts5(tokens, content='core_searchentry', content_rowid='id')",
    """CREATE TRIGGER core_searchentry_ai AFTER INSERT ON core_searchentry BEGIN
         INSERT INTO core_searchindex(rowid, tokens) VALUES (new.id, new.tokens); END""",
    """CREATE TRIGGER core_searchentry_ad AFTER DELETE ON core_searchentry BEGIN
         INSERT INTO core_searchindex(core_searchindex, rowid, tokens)
         VALUES ('delete', old.id, old.tokens); END""",
    """CREATE TRIGGER core_searchentry_au AFTER UPDATE ON core_searchentry BEGIN
         INSERT INTO core_searchindex(core_searchindex, rowid, tokens)
         VALUES ('delete', old.id, old.tokens);
         INSERT INTO core_searchindex(rowid, tokens) VALUES (new.id, new.tokens); END""",
    "INSERT INTO core_searchindex(core_searchindex) VALUES ('rebuild')",
]
SQLITE_BACK = [
    "DROP TRIGGER core_searchentry_ai",
    "DROP TRIGGER core_searchentry_ad",
    "DROP TRIGGER core_searchentry_au",
    "DROP TABLE core_searchindex",
]
POSTGRES_FORWARD = [
    "CREATE INDEX search_tokens_gin ON core_searchentry USING gin (to_tsvector('simple', tokens))"
]
POSTGRES_BACK = ["DROP INDEX search_tokens_gin"]


def make_index(apps, schema_editor):
    run(schema_editor, POSTGRES_FORWARD, SQLITE_FORWARD)


def drop_index(apps, schema_editor):
    run(schema_editor, POSTGRES_BACK, SQLITE_BACK)


def run(schema_editor, postgres, sqlite):
    for statement in postgres if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


def make_head(apps, schema_editor):
    apps.get_model("core", "AuditHead").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(make_head, migrations.RunPython.noop),
    ]
