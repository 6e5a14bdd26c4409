-- The audit log as what administrators may export. It names no owner: of a person's own rows it is no part.
INSERT INTO "export_data_types" ("id", "name", "description", "tables", "owners") VALUES
    ('01a1fdfa-4600-7000-8000-00000000000a', 'audit', 'Who asked for which export, fetched it or changed what is exported: when, and from where. For administrators.',
     '["export_audit_log"]', '{}')
-- An administrator may have made one of that name.
ON CONFLICT ("name") DO NOTHING;

-- Where a data type names the records of exports, it gives no keys with them.
INSERT INTO "export_sensitive_columns" ("table_name", "column_name", "reason") VALUES
    ('exports', 'deliveries', 'Holds the sealed secrets of those to whom files are brought.'),
    ('exports', 'attempt_token', 'Whoever shows it may publish the file.'),
    ('exports', 'download_token', 'Whoever shows it may end the one download of a file.'),
    ('exports', 'storage_key', 'Names an object in internal storage.')
ON CONFLICT DO NOTHING;
