-- The tables that grow: the requested number of rows, and in proportion.

INSERT INTO transactions (id, user_id, tenant_id, amount, currency, status, description, metadata, is_refund, created_at)
SELECT pg_temp.row_id(n, 100, moment), pg_temp.user_id(u), pg_temp.tenant_of(u),
       CASE luck WHEN 0 THEN 0 WHEN 1 THEN 9999999999.99 WHEN 2 THEN -9999999999.99
                 ELSE CASE WHEN luck % 20 = 3 THEN -0.01 ELSE 0.01 END * (1 + pg_temp.pick(n, 101, 50000)) END,
       pg_temp.currency(n),
       (ARRAY['completed', 'completed', 'completed', 'completed', 'completed', 'pending', 'failed', 'disputed'])[1 + luck % 8],
       CASE WHEN luck % 100 = 7 THEN pg_temp.odd_text(n / 7) WHEN n % 31 = 5 AND n < 1000 THEN pg_temp.odd_text(n / 31) WHEN luck % 10 = 1 THEN NULL
            ELSE CASE WHEN luck % 20 = 3 THEN 'Refund: ' ELSE 'Course fee: ' END || pg_temp.course(n) END,
       CASE WHEN luck % 4 = 0 THEN NULL
            ELSE jsonb_build_object('channel', (ARRAY['web', 'ios', 'android', 'school, "bulk"'])[1 + luck % 4], 'attempt', 1 + luck % 3) END,
       luck % 20 = 3, pg_temp.at(moment)
FROM (SELECT n, pg_temp.moment(n, transactions) AS moment, pg_temp.user_of(n, 102, transactions, users) AS u,
             -- A small seed shows the rare values too.
             CASE n WHEN 10 THEN 0 WHEN 20 THEN 1 WHEN 30 THEN 2 ELSE pg_temp.pick(n, 103, 10000) END AS luck
      FROM seed_size, generate_series(1, transactions) AS n OFFSET 0) AS numbered;

INSERT INTO enrollments (id, user_id, tenant_id, course_code, course_title, status, progress_percent, grade, is_paid, time_spent, enrolled_on, completed_at, created_at)
SELECT pg_temp.row_id(n, 110, moment), pg_temp.user_id(u), pg_temp.tenant_of(u), 'C-' || lpad((n % 16)::text, 3, '0'), pg_temp.course(n),
       CASE WHEN percent = 100 THEN 'completed' WHEN percent = 0 THEN 'enrolled' WHEN n % 11 = 0 THEN 'dropped' ELSE 'active' END,
       percent, CASE WHEN percent = 100 THEN 1 + pg_temp.pick(n, 111, 900) * 0.01 END, n % 3 <> 0,
       CASE WHEN percent > 0 THEN percent * (1 + n % 7) * INTERVAL '97 seconds' END,
       pg_temp.at(moment)::date, CASE WHEN percent = 100 THEN pg_temp.at(moment) + INTERVAL '60 days' END, pg_temp.at(moment)
FROM (SELECT n, pg_temp.moment(n, enrollments) AS moment, pg_temp.user_of(n, 112, enrollments, users) AS u,
             least(100, pg_temp.pick(n, 113, 160))::smallint * (n % 8 <> 0)::int::smallint AS percent
      FROM seed_size, generate_series(1, enrollments) AS n OFFSET 0) AS numbered;

INSERT INTO activity_logs (user_id, tenant_id, action, path, ip, user_agent, duration_ms, details, created_at)
SELECT pg_temp.user_id(u), pg_temp.tenant_of(u), (ARRAY['view', 'view', 'click', 'search', 'download'])[1 + luck % 5],
       CASE WHEN luck % 50 = 9 THEN NULL ELSE '/courses/C-' || lpad((n % 16)::text, 3, '0') || '/lessons/' || luck % 40 END,
       CASE WHEN luck % 13 <> 0 THEN pg_temp.ip(n, 120) END, CASE WHEN luck % 500 = 9 THEN pg_temp.odd_text(n) ELSE pg_temp.browser(luck) END,
       CASE WHEN luck % 9 <> 0 THEN luck * 3 END, CASE WHEN luck % 5 = 3 THEN jsonb_build_object('query', pg_temp.odd_text(n)) END,
       pg_temp.at(moment)
FROM (SELECT n, pg_temp.moment(n, activities) AS moment, pg_temp.user_of(n, 121, activities, users) AS u, pg_temp.pick(n, 122, 10000) AS luck
      FROM seed_size, generate_series(1, activities) AS n OFFSET 0) AS numbered
ORDER BY n;
