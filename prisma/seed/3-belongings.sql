-- A few rows for each of the first people: row n belongs to the person (n - 1) / k + 1 where each has k.

INSERT INTO biometric_scans (id, user_id, tenant_id, modality, device, quality, match_score, duration, passed, note, created_at)
SELECT pg_temp.row_id(n, 40, moment), pg_temp.user_id(u), pg_temp.tenant_of(u), (ARRAY['face', 'fingerprint', 'iris'])[1 + n % 3],
       CASE WHEN n % 7 = 0 THEN NULL ELSE 'Scanner "' || n % 12 || '", hall' END,
       pg_temp.share(n, 41),
       CASE WHEN n % 53 = 0 THEN 'NaN' WHEN n % 59 = 0 THEN '-Infinity' WHEN n % 61 = 0 THEN '-0' WHEN n % 67 = 0 THEN 1e-300
            WHEN n % 11 = 0 THEN NULL ELSE pg_temp.share(n, 42) END,
       pg_temp.pick(n, 43, 9000) * INTERVAL '1 millisecond', CASE WHEN n % 11 = 0 THEN NULL ELSE n % 13 <> 0 END,
       CASE WHEN n % 5 = 0 THEN pg_temp.odd_text(n / 5) END, pg_temp.at(moment)
FROM (SELECT n, (n - 1) / 3 + 1 AS u, pg_temp.moment(n, active * 3) AS moment
      FROM seed_size, generate_series(1, active * 3) AS n) AS numbered;

INSERT INTO biometric_templates (id, scan_id, user_id, tenant_id, modality, algorithm, version, template, embedding, is_active, created_at)
SELECT pg_temp.row_id(n, 44, moment), pg_temp.row_id(n, 40, moment), pg_temp.user_id(u), pg_temp.tenant_of(u),
       (ARRAY['face', 'fingerprint', 'iris'])[1 + n % 3], 'minutiae-3', (1 + n % 4)::smallint,
       '\x00ff0a0d22'::bytea || sha256(('template' || n)::bytea), ARRAY[pg_temp.share(n, 45), -pg_temp.share(n, 46), 0],
       n % 9 <> 0, pg_temp.at(moment)
FROM (SELECT n, u, pg_temp.moment(n, active * 3) AS moment
      FROM seed_size, generate_series(1, active) AS u, LATERAL (SELECT (u - 1) * 3 + 1) AS first_scan(n)) AS numbered;

INSERT INTO documents (id, user_id, tenant_id, title, mime_type, body, tags, size_bytes, storage_key, is_shared, retain_until, created_at, updated_at)
SELECT pg_temp.row_id(n, 50, moment), pg_temp.user_id(u), pg_temp.tenant_of(u),
       CASE WHEN n % 6 = 0 THEN pg_temp.odd_text(n / 6) ELSE 'Notes on ' || pg_temp.course(n) END,
       (ARRAY['text/plain', 'application/pdf', 'text/markdown; charset="utf-8"'])[1 + n % 3],
       -- The second is more than a cell of a spreadsheet takes, the third about a megabyte.
       CASE WHEN n = 2 THEN left(repeat('Das längste Wort, "gesagt" in einem Zug; ', 1000), 40000)
            WHEN n = 3 THEN repeat(E'Рядок за рядком,\nцитата "в лапках"\tі кінець. 🖋\r\n', 12500)
            WHEN n % 4 = 0 THEN NULL WHEN n % 4 = 1 THEN pg_temp.odd_text(n / 4) ELSE 'A page about ' || pg_temp.course(n / 2) END,
       CASE WHEN n % 4 = 0 THEN '{}' ELSE ARRAY['draft', 'a,b', pg_temp.odd_text(n)] END,
       CASE WHEN n % 71 = 0 THEN 9007199254740993 ELSE pg_temp.pick(n, 51, 50000000) END,
       CASE WHEN n % 4 <> 0 THEN 'documents/' || md5('document' || n) END, n % 10 = 0,
       CASE WHEN n % 3 = 0 THEN TIMESTAMPTZ '9999-12-31 23:59:59Z' WHEN n % 3 = 1 THEN TIMESTAMPTZ '2999-01-01Z' END,
       pg_temp.at(moment), pg_temp.at(moment) + INTERVAL '1 hour'
FROM (SELECT n, (n - 1) / 3 + 1 AS u, pg_temp.moment(n, active * 3) AS moment
      FROM seed_size, generate_series(1, active * 3) AS n) AS numbered;

INSERT INTO document_versions (id, document_id, user_id, tenant_id, version, comment, size_bytes, checksum, storage_key, created_at)
SELECT pg_temp.row_id(n * 2 + version, 52, moment), pg_temp.row_id(n, 50, moment), pg_temp.user_id(u), pg_temp.tenant_of(u), version,
       CASE WHEN n % 5 = 0 THEN pg_temp.odd_text(n / 5) WHEN n % 5 < 3 THEN NULL ELSE 'Corrected' END,
       pg_temp.pick(n * 2 + version, 53, 50000000), CASE WHEN n % 8 <> 0 THEN sha256((n || '.' || version)::bytea) END,
       'documents/' || md5('document' || n) || '/' || version, pg_temp.at(moment + version * 60000)
FROM (SELECT n, (n - 1) / 3 + 1 AS u, version, pg_temp.moment(n, active * 3) AS moment
      FROM seed_size, generate_series(1, active * 3) AS n, generate_series(1, 2) AS version) AS numbered;

INSERT INTO payment_methods (id, user_id, tenant_id, kind, brand, holder_name, last_four, expires_on, token, fingerprint, is_default, created_at)
SELECT pg_temp.row_id(n, 60, moment), pg_temp.user_id(u), pg_temp.tenant_of(u), (ARRAY['card', 'card', 'sepa', 'wallet'])[1 + n % 4],
       (ARRAY['visa', 'mastercard', NULL, 'プリペイド'])[1 + n % 4], CASE WHEN n % 9 = 0 THEN pg_temp.odd_name(n / 9) ELSE 'Holder ' || u END,
       CASE WHEN n % 4 < 2 THEN lpad(pg_temp.pick(n, 61, 10000)::text, 4, '0') END,
       CASE WHEN n % 4 < 2 THEN DATE '2025-01-31' + 31 * pg_temp.pick(n, 62, 60) END,
       'tok_' || md5('token' || n), 'fp_' || md5('card' || n / 2), n % 2 = 1, pg_temp.at(moment)
FROM (SELECT n, (n - 1) / 2 + 1 AS u, pg_temp.moment(n, active * 2) AS moment
      FROM seed_size, generate_series(1, active * 2) AS n) AS numbered;

INSERT INTO invoices (id, user_id, tenant_id, payment_method_id, number, amount, tax_rate, currency, status, lines, issued_on, due_on, paid_at, created_at)
SELECT pg_temp.row_id(n, 63, moment), pg_temp.user_id(u), pg_temp.tenant_of(u),
       CASE WHEN n % 4 <> 0 THEN pg_temp.row_id(u * 2 - 1, 60, pg_temp.moment(u * 2 - 1, active * 2)) END,
       -- Some number invoices by what a spreadsheet takes for something else.
       CASE n % 5 WHEN 0 THEN '=' || n WHEN 1 THEN lpad(n::text, 20, '0') WHEN 2 THEN '2026-' || n ELSE 'INV ' || n END,
       CASE WHEN n % 83 = 0 THEN 9999999999.99 WHEN n % 79 = 0 THEN 0 ELSE pg_temp.pick(n, 64, 100000) * 0.01 END,
       (ARRAY[0.19, 0.2, 0.055, 0])[1 + n % 4], pg_temp.currency(n), (ARRAY['paid', 'paid', 'open', 'void'])[1 + n % 4],
       jsonb_build_array(jsonb_build_object('text', pg_temp.course(n), 'quantity', 1, 'price', pg_temp.pick(n, 64, 100000) * 0.01),
                         jsonb_build_object('text', pg_temp.odd_text(n), 'quantity', n % 3, 'price', NULL)),
       pg_temp.at(moment)::date, CASE WHEN n % 4 <> 3 THEN pg_temp.at(moment)::date + 14 END,
       CASE WHEN n % 4 < 2 THEN pg_temp.at(moment) + pg_temp.pick(n, 65, 14) * INTERVAL '1 day' END, pg_temp.at(moment)
FROM (SELECT n, (n - 1) / 4 + 1 AS u, active, pg_temp.moment(n, active * 4) AS moment
      FROM seed_size, generate_series(1, active * 4) AS n) AS numbered;

INSERT INTO subscriptions (id, user_id, tenant_id, plan, status, price, currency, trial, auto_renew, started_on, ends_at, cancel_reason, created_at)
SELECT pg_temp.row_id(u, 70, moment), pg_temp.user_id(u), pg_temp.tenant_of(u), (ARRAY['free', 'plus', 'school'])[1 + u % 3],
       CASE WHEN u % 6 = 0 THEN 'cancelled' ELSE 'active' END, (ARRAY[0, 9.99, 249])[1 + u % 3], pg_temp.currency(u),
       (ARRAY[NULL, INTERVAL '14 days', INTERVAL '1 month', INTERVAL '1 year 2 months 3 days 04:05:06.789', INTERVAL '-1 day'])[1 + u % 5],
       u % 6 <> 0, pg_temp.at(moment)::date,
       CASE WHEN u % 6 = 0 THEN pg_temp.at(moment) + INTERVAL '90 days' WHEN u % 6 = 1 THEN TIMESTAMPTZ '9999-12-31 23:59:59.999Z' END,
       CASE WHEN u % 6 = 0 THEN pg_temp.odd_text(u / 6) END, pg_temp.at(moment)
FROM (SELECT u, pg_temp.moment(u, active) AS moment FROM seed_size, generate_series(1, active) AS u) AS numbered;

INSERT INTO subscription_usage (subscription_id, user_id, tenant_id, metric, quantity, used_on, created_at)
SELECT pg_temp.row_id(u, 70, pg_temp.moment(u, active)), pg_temp.user_id(u), pg_temp.tenant_of(u), (ARRAY['boards', 'minutes', 'bytes stored'])[1 + n % 3],
       CASE WHEN n % 89 = 0 THEN 1234567890123456789012345678.0123456789 WHEN n % 47 = 0 THEN 0.0000000001
            ELSE pg_temp.pick(n, 71, 1000000) * 0.001 END,
       pg_temp.at(moment)::date, pg_temp.at(moment)
FROM (SELECT n, (n - 1) / 6 + 1 AS u, active, pg_temp.moment(n, active * 6) AS moment
      FROM seed_size, generate_series(1, active * 6) AS n) AS numbered
ORDER BY n;

INSERT INTO sessions (id, user_id, tenant_id, token_hash, ip, user_agent, device, last_seen_at, expires_at, revoked_at, created_at)
SELECT pg_temp.row_id(n, 80, moment), pg_temp.user_id(u), pg_temp.tenant_of(u), encode(sha256(('session' || n)::bytea), 'hex'),
       CASE WHEN n % 9 <> 0 THEN pg_temp.ip(n, 81) END, CASE WHEN n % 31 = 0 THEN pg_temp.odd_text(n / 31) ELSE pg_temp.browser(n) END,
       CASE WHEN n % 3 <> 0 THEN jsonb_build_object('screen', jsonb_build_array(390 + n % 5, 844), 'name', pg_temp.odd_name(n)) END,
       CASE WHEN n % 4 <> 0 THEN pg_temp.at(moment) + INTERVAL '20 minutes' END, pg_temp.at(moment) + INTERVAL '30 days',
       CASE WHEN n % 10 = 0 THEN pg_temp.at(moment) + INTERVAL '1 day' END, pg_temp.at(moment)
FROM (SELECT n, (n - 1) / 4 + 1 AS u, pg_temp.moment(n, active * 4) AS moment
      FROM seed_size, generate_series(1, active * 4) AS n) AS numbered;

INSERT INTO audit_logs (user_id, tenant_id, action, entity, entity_id, succeeded, ip, changes, created_at)
SELECT pg_temp.user_id(u), pg_temp.tenant_of(u), (ARRAY['create', 'update', 'delete', 'sign-in'])[1 + n % 4], (ARRAY['document', 'invoice', 'profile'])[1 + n % 3],
       CASE WHEN n % 4 <> 3 THEN pg_temp.row_id(n, 90, moment) END, n % 17 <> 0, CASE WHEN n % 6 <> 0 THEN pg_temp.ip(n, 91) END,
       CASE WHEN n % 4 = 1 THEN jsonb_build_object('before', pg_temp.odd_text(n), 'after', pg_temp.odd_text(n + 1)) END, pg_temp.at(moment)
FROM (SELECT n, (n - 1) / 10 + 1 AS u, pg_temp.moment(n, active * 10) AS moment
      FROM seed_size, generate_series(1, active * 10) AS n) AS numbered
ORDER BY n;
