-- What the application's database role may do: everything with its tables, but only add to the audit trail.
-- Run by the owner of the tables after the first migration and after each upgrade:
--   psql -v app=secmgmt_app -d secmgmt -f deploy/audit-grants.sql
-- The role must exist and own nothing (CREATE ROLE secmgmt_app LOGIN PASSWORD '…').
-- Purging past the retention (manage.py purge_audit) is run with the owner's DATABASE_URL.
GRANT USAGE ON SCHEMA public TO :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO :"app";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO :"app";
REVOKE UPDATE, DELETE, TRUNCATE ON core_auditevent, core_auditrow FROM :"app";
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM :"app";
