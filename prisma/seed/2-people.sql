INSERT INTO users (id, tenant_id, name, email, phone, locale, birth_date, roles, password_hash, is_active, last_login_at,
                   last_login_ip, created_at, updated_at)
SELECT pg_temp.user_id(u), pg_temp.tenant_of(u),
       CASE WHEN u = 1 THEN 'Zoë Ångström' WHEN u % 17 = 0 THEN pg_temp.odd_name(u / 17 - 1)
            WHEN family_first THEN family_name || gap || given_name
            ELSE given_name || gap || family_name END,
       CASE WHEN u = 1 THEN 'zoe.angstrom@example.org' WHEN u % 41 = 0 THEN 'user+' || u || '@bücher.example'
            ELSE 'user' || u || '@example.org' END,
       CASE pg_temp.pick(u, 20, 4) WHEN 0 THEN NULL WHEN 1 THEN '' ELSE '+380 44 ' || lpad(pg_temp.pick(u, 21, 10000000)::text, 7, '0') END,
       locale,
       CASE WHEN u % 101 = 0 THEN DATE '1899-12-31' WHEN u % 97 = 0 THEN DATE '1582-10-15' WHEN u % 7 = 0 THEN NULL
            ELSE DATE '1935-01-01' + pg_temp.pick(u, 22, 28000) END,
       CASE WHEN u % 50 = 0 THEN '{teacher,"head, of school"}'::text[] WHEN u % 9 = 0 THEN '{}' ELSE '{student}' END,
       '$argon2id$v=19$m=65536,t=3,p=4$' || md5('salt' || u) || '$' || md5('hash' || u),
       u % 23 <> 0,
       CASE WHEN u % 5 <> 0 THEN pg_temp.at(moment) + pg_temp.share(u, 23) * (TIMESTAMPTZ '2026-11-01Z' - pg_temp.at(moment)) END,
       CASE WHEN u % 5 <> 0 THEN pg_temp.ip(u, 24) END,
       pg_temp.at(moment), pg_temp.at(moment) + pg_temp.pick(u, 25, 86400) * INTERVAL '1 second'
FROM (SELECT u, -- Created in time for the first row that may be theirs.
             1730419200000 + 63072000000 / users * (u - 1) AS moment, pg_temp.pick(u, 26, 12) AS culture
      FROM seed_size, generate_series(1, users) AS u) AS numbered
JOIN seed_cultures ON no = culture
CROSS JOIN LATERAL (SELECT given[1 + pg_temp.pick(u, 27, cardinality(given))], family[1 + pg_temp.pick(u, 28, cardinality(family))])
  AS chosen(given_name, family_name)
ORDER BY u;

INSERT INTO user_profiles (id, user_id, tenant_id, display_name, bio, website, address, interests, height_cm, time_zone,
                           reminder_time, accepts_mail, created_at, updated_at)
SELECT pg_temp.row_id(u, 30, moment), pg_temp.user_id(u), pg_temp.tenant_of(u),
       CASE WHEN u % 3 = 0 THEN NULL WHEN u % 17 = 0 THEN pg_temp.odd_name(u / 17 - 1) ELSE 'person_' || u END,
       CASE WHEN u = 1 THEN E'Draws, counts, and takes things apart.\n\t— „Zoë“' WHEN u % 4 = 0 THEN pg_temp.odd_text(u / 4) WHEN u % 4 = 1 THEN NULL
            ELSE 'Learns ' || pg_temp.course(u) || ' since ' || 2000 + pg_temp.pick(u, 31, 26) END,
       CASE WHEN u % 6 = 0 THEN 'https://example.org/~' || u || '?a=1&b="2"' END,
       CASE WHEN u % 5 = 0 THEN NULL ELSE jsonb_build_object('street', pg_temp.odd_name(u), 'city',
            (ARRAY['Київ', 'Łódź', 'القاهرة', '北京', '서울', 'मुंबई', 'Saint-Étienne'])[1 + u % 7], 'zip', lpad((u % 100000)::text, 5, '0'),
            'geo', jsonb_build_array(round((pg_temp.share(u, 32) * 180 - 90)::numeric, 6), round((pg_temp.share(u, 33) * 360 - 180)::numeric, 6))) END,
       CASE WHEN u % 8 = 0 THEN '{}' ELSE ARRAY[pg_temp.course(u), pg_temp.course(u * 7 + 3), CASE WHEN u % 9 = 0 THEN NULL ELSE 'a "quoted", {braced} one' END] END,
       CASE WHEN u % 4 <> 0 THEN (1400 + pg_temp.pick(u, 34, 700)) * 0.1 END,
       (ARRAY['UTC', 'Europe/Kyiv', 'Asia/Seoul', 'Asia/Kolkata', 'America/St_Johns'])[1 + u % 5],
       CASE WHEN u % 3 <> 0 THEN TIME '00:00' + pg_temp.pick(u, 35, 1440) * INTERVAL '1 minute' END,
       CASE u % 3 WHEN 0 THEN NULL WHEN 1 THEN true ELSE false END,
       pg_temp.at(moment), pg_temp.at(moment)
FROM (SELECT u, pg_temp.moment(u, active) AS moment FROM seed_size, generate_series(1, active) AS u) AS numbered;
