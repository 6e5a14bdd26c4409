-- What the seeded rows are made of. Every value is derived from the number of its row, so that two runs agree.

CREATE TEMP TABLE seed_size ON COMMIT DROP AS
SELECT transactions, users, least(users, 2000) AS active, greatest(400, transactions / 10) AS enrollments,
       greatest(1000, transactions / 5) AS activities
FROM (SELECT n AS transactions, greatest(200, n / 50) AS users FROM (SELECT current_setting('seed.rows')::bigint) AS rows(n)) AS asked;

-- One of so many choices, from 0 on.
CREATE FUNCTION pg_temp.pick(n bigint, salt bigint, choices bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT ((hashint8extended(n, salt) & 9223372036854775807) % choices)::integer $$;

-- From 0 to below 1.
CREATE FUNCTION pg_temp.share(n bigint, salt bigint) RETURNS double precision LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(n, salt) & 9007199254740991)::double precision / 9007199254740992 $$;

-- Row n of so many, in milliseconds of the epoch: two years up to 2026-11-01, evenly, earlier rows first.
CREATE FUNCTION pg_temp.moment(n bigint, count bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT 1730419200000 + (63072000000.0::double precision * ((n - 1) + pg_temp.share(n, 1)) / count)::bigint $$;

CREATE FUNCTION pg_temp.at(moment bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT to_timestamp(moment::double precision / 1000) $$;

CREATE FUNCTION pg_temp.row_id(n bigint, salt bigint, moment bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (lpad(to_hex(moment), 12, '0') || '7' || lpad(to_hex(n & 4095), 3, '0') || '8'
           || lpad(to_hex(hashint8extended(n, salt) & 1152921504606846975), 15, '0'))::uuid $$;

CREATE FUNCTION pg_temp.user_id(u bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('00000000-0000-7000-8000-' || lpad(u::text, 12, '0'))::uuid $$;

CREATE FUNCTION pg_temp.tenant_of(u bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE u % 6 WHEN 2 THEN 'north-school' WHEN 3 THEN 'south-school' END $$;

-- Somebody who is there already when row n of so many comes about; few people have many rows, and many have few.
CREATE FUNCTION pg_temp.user_of(n bigint, salt bigint, count bigint, users bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT 1 + floor(pg_temp.share(n, salt) * pg_temp.share(n, salt) * greatest(1, (users * (n - 1)) / count))::bigint $$;

CREATE FUNCTION pg_temp.ip(n bigint, salt bigint) RETURNS inet LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN n % 5 = 0 THEN '2001:db8::'::inet ELSE '10.0.0.0'::inet END + pg_temp.pick(n, salt, 16777216) $$;

CREATE FUNCTION pg_temp.currency(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (ARRAY['EUR', 'EUR', 'EUR', 'USD', 'USD', 'GBP', 'UAH', 'JPY', 'INR'])[1 + pg_temp.pick(n, 2, 9)] $$;

-- What breaks careless writers of files: separators, quotes, line ends, formulas, numbers that are texts, and scripts.
CREATE FUNCTION pg_temp.odd_text(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (ARRAY[
  '', ' ', 'null', E'first line\nsecond line', E'carriage\r\nreturn', E'tab\tbetween', 'comma, semicolon; pipe|',
  'she said "no"', '"', '''', 'back\slash \n', '=SUM(A1:A9)', '=HYPERLINK("https://evil.example","click")',
  '+380 44 123 45 67', '-2+3+cmd|'' /C calc''!A0', '@SUM(1+1)', E'\t=1+1', '-5.00', '007', '1e5', '2026-02-30', 'TRUE',
  '<b>bold</b> & "co" <![CDATA[ ]]>', '{"not": "json"', E'bell \x07, vertical \x0B and escape \x1B', 'Дякуємо за оплату — до зустрічі!',
  'مرحبا بالعالم', '学习是一种投资', '수강료 환불', 'भुगतान सफल', '👩🏽‍🚀 ☕️ 🇺🇦', U&'a\0301 n\0303 \FEFF zero\200Bwidth \202Eright to left'
])[1 + n % 32] $$;

CREATE FUNCTION pg_temp.course(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (ARRAY[
  'Algebra I', 'Calculus, part 2', 'Історія України', 'Français : niveau B2', 'العربية للمبتدئين', '中级汉语', '한국어 입문',
  'हिन्दी साहित्य', 'Music & Theory', 'Programming in C++', 'Physics "for poets"', 'Geografía', 'Čeština', 'Tiếng Việt', 'Chemistry 🧪', 'Drawing'
])[1 + n % 16] $$;

CREATE FUNCTION pg_temp.browser(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (ARRAY[
  'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
  'curl/8.14.1'
])[1 + n % 4] $$;

CREATE TEMP TABLE seed_cultures (no bigint, locale text, given text[], family text[], family_first boolean, gap text) ON COMMIT DROP;
INSERT INTO seed_cultures VALUES
  (0, 'en', '{Ada,Grace,Alan,Mary,John,Olivia}', '{Lovelace,Hopper,Turing,"O''Neill",Smith-Jones,MacDonald}', false, ' '),
  (1, 'de', '{Jürgen,Käthe,Björn,Anneliese,Sören}', '{Müller,Groß,Strößner,"von der Heide",Weiß}', false, ' '),
  (2, 'fr', '{François,Zoë,Éloïse,Jean-Noël}', '{Lefèvre,D''Aubigné,Çelik,Œuvrard}', false, ' '),
  (3, 'pl', '{Łukasz,Małgorzata,Świętosława,Jiří}', '{Wójcik,Dvořák,Żółkiewska,Šťastný}', false, ' '),
  (4, 'uk', '{Олена,Тарас,Соломія,Ігор,Євгенія}', '{Шевченко,Ґалаґан,Їжакевич,Дем''янюк,Коваль}', false, ' '),
  (5, 'ar', '{محمد,فاطمة,ليلى,يوسف}', '{"الخوارزمي","بن سينا","الإدريسي","حدّاد"}', false, ' '),
  (6, 'zh', '{小明,丽华,国强,雨桐}', '{王,李,欧阳,𠮷田}', true, ''),
  (7, 'ko', '{민준,서연,지우,하은}', '{김,이,박,남궁}', true, ''),
  (8, 'hi', '{आरव,प्रिया,अनन्या,कृष्ण}', '{शर्मा,सिंह,त्रिपाठी,श्रीवास्तव}', false, ' '),
  (9, 'vi', '{Hạnh,Dũng,Tuyết}', '{Nguyễn,Trần,Đặng}', true, ' '),
  (10, 'tr', '{İpek,Işıl,Oğuz}', '{Yılmaz,Şahin,Gökçe}', false, ' '),
  (11, 'en', '{"Sam 🦊","Kim 👩‍💻","Max 🏳️‍🌈"}', '{Fox,"Lee ✨",Rainbow}', false, ' ');

CREATE FUNCTION pg_temp.odd_name(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (ARRAY[
  'Conan "the Librarian" O''Brien', 'Smith, John, Jr.', 'Robert''); DROP TABLE students;--', '=cmd|'' /C calc''!A0', '-', 'N',
  'null', E'Two\nLines', '@home', 'X Æ A-12', 'José  Álvarez ', '<script>alert(1)</script>'
])[1 + n % 12] $$;
