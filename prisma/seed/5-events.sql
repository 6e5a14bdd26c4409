-- Tests and competitions: three for a hundred people, each held by one of them, and taken by people of the same tenant.

CREATE TEMP TABLE seed_tests (no bigint, language text, time_zone text, title text, description text, questions text[]) ON COMMIT DROP;
INSERT INTO seed_tests VALUES
  (0, 'uk', 'Europe/Kyiv', 'Олімпіада з математики 🏆', 'II етап, 8–9 класи', ARRAY[
    'Скільки діагоналей має опуклий десятикутник?', 'Розв’яжіть рівняння x² − 5x + 6 = 0', 'Чи правда, що 0,(9) = 1? Поясніть.',
    'Які з цих чисел прості: 91, 97, 101, 111?', 'Сума кутів трикутника на площині', 'Доведіть, що √2 — ірраціональне число']),
  (1, 'en', 'Europe/London', 'Spring reading test, "The Open Window"', NULL, ARRAY[
    'Who tells the story of the "great tragedy"?', 'Why is the window kept open, according to Vera?', 'How many people return from the hunt?',
    'Choose the best summary', 'What does "romance at short notice" mean?']),
  (2, 'ru', 'Asia/Almaty', 'Контрольная по физике: законы Ньютона', 'Вариант № 2', ARRAY[
    'Сформулируйте второй закон Ньютона', 'Тело массой 2 кг движется с ускорением 3 м/с². Найдите силу, Н', 'Выберите верные утверждения',
    'Почему пассажиры автобуса отклоняются назад?']),
  (3, 'pl', 'Europe/Warsaw', 'Konkurs wiedzy o Łodzi', 'Eliminacje szkolne; finał w „Manufakturze”', ARRAY[
    'W którym roku Łódź otrzymała prawa miejskie?', 'Główna ulica miasta', 'Zaznacz łódzkich filmowców', 'Opisz herb miasta', 'Ile kilometrów ma Piotrkowska?',
    'Żółw, gęś, źdźbło – ile tu polskich znaków?', 'Zadanie otwarte']),
  (4, 'ar', 'Africa/Cairo', 'اختبار اللغة العربية – المستوى الثاني', 'القراءة والقواعد', ARRAY[
    'ما جمع كلمة «كتاب»؟', 'أعرب الجملة: ذهب الولدُ إلى المدرسةِ', 'اختر الكلمة الصحيحة', 'اكتب فقرة عن مدينتك', 'كم حرفًا في الأبجدية العربية؟']),
  (5, 'zh', 'Asia/Shanghai', '中级汉语期末考试', '笔试部分，满分见各题', ARRAY[
    '“学习”的近义词是什么？', '用“虽然……但是……”造句', '选择正确的读音：银行', '这篇短文有多少个字？', '𠮷和吉有什么不同？', '写一写你的家乡 🏡']),
  (6, 'en', 'America/St_Johns', 'Chess & logic 2026: =final round', E'Bring a pen.\nNo phones, "smart" watches; no talking', ARRAY[
    'Mate in two: white''s first move', '=1+1 is written in a cell. What is shown?', 'How many squares are on a chessboard?', 'Knights & knaves: who lies?']);

-- Between 8 and 47 people take part in each. Whose number leaves the same rest by six is of the same tenant.
CREATE TEMP TABLE seed_events ON COMMIT DROP AS
SELECT e, no, language, time_zone, title, description, questions, moment, pg_temp.row_id(e, 130, moment) AS id, organizer, rest, people,
       least(people, 8 + pg_temp.pick(e, 131, 40)) AS places, pg_temp.pick(e, 132, people) AS first_place
FROM (SELECT e, organizer, pg_temp.moment(e, events) AS moment, (organizer - 1) % 6 AS rest, (users - 1 - (organizer - 1) % 6) / 6 + 1 AS people
      FROM (SELECT users, greatest(6, users * 3 / 100) AS events FROM seed_size) AS sizes, generate_series(1, events) AS e,
           -- The first person holds the first of them.
           LATERAL (SELECT CASE e WHEN 1 THEN 1 ELSE 1 + pg_temp.pick(e, 133, users) END) AS chosen(organizer) OFFSET 0) AS numbered
JOIN seed_tests ON no = (e - 1) % 7;

INSERT INTO events (id, tenant_id, organizer_id, title, description, language, time_zone, starts_at, ends_at, created_at, updated_at)
SELECT id, pg_temp.tenant_of(organizer), pg_temp.user_id(organizer), title, description, language, time_zone,
       pg_temp.at(moment) + INTERVAL '7 days', CASE WHEN e % 4 <> 0 THEN pg_temp.at(moment) + INTERVAL '7 days 90 minutes' END,
       pg_temp.at(moment), pg_temp.at(moment)
FROM seed_events ORDER BY e;

INSERT INTO event_questions (id, event_id, position, key, kind, text, max_score)
SELECT pg_temp.row_id(e * 100 + position, 134, moment), id, position, 'q' || position,
       (ARRAY['choice', 'text', 'number', 'choices', 'task'])[1 + (e + position) % 5], text, (ARRAY[1, 2, 2.5, 5])[1 + (e + position) % 4]
FROM seed_events, unnest(questions) WITH ORDINALITY AS asked(text, position)
ORDER BY e, position;

-- People in a row, from another one for each event: no one takes part twice.
CREATE TEMP TABLE seed_places ON COMMIT DROP AS
SELECT e, place, e * 1000 + place AS n, seed_events.id AS event_id, moment,
       pg_temp.row_id(e * 1000 + place, 135, moment + place) AS id, 1 + rest + 6 * ((first_place + place) % people) AS u,
       -- Some never begin, and some have not finished.
       pg_temp.pick(e * 1000 + place, 136, 12) AS luck
FROM seed_events, generate_series(1, places) AS place;

INSERT INTO event_participants (id, event_id, external_id, name, email, group_name, created_at)
SELECT p.id, event_id, u.id, u.name, CASE WHEN n % 6 <> 0 THEN u.email END,
       CASE WHEN n % 9 = 0 THEN NULL ELSE (ARRAY['7-А', '7-Б', '8 "b"', 'Klasa 1ż', 'الصف الثاني', '三班', '=team'])[1 + n % 7] END, pg_temp.at(moment + place)
FROM seed_places AS p JOIN users AS u ON u.id = pg_temp.user_id(p.u) ORDER BY n;

-- Answers of those who began; the last questions are reached by fewer. An unmarked answer has no score yet.
INSERT INTO event_answers (participant_id, question_id, answer, score, answered_at)
SELECT p.id, q.id,
       CASE WHEN m % 13 = 0 THEN NULL WHEN m % 29 = 0 THEN '' WHEN m % 37 = 0 THEN '=SUM(A1:A9)' WHEN m % 17 = 0 THEN pg_temp.odd_text(m / 17)
            ELSE CASE q.kind
              WHEN 'choice' THEN (ARRAY['A', 'B', 'C', 'Так', 'نعم', '对'])[1 + pg_temp.pick(m, 137, 6)]
              WHEN 'choices' THEN (ARRAY['A, C', 'B', 'A; B; D', '"all of them"'])[1 + pg_temp.pick(m, 137, 4)]
              WHEN 'number' THEN (ARRAY['42', '-5.00', '007', '3,14', '12345678901234567890', '1e5'])[1 + pg_temp.pick(m, 137, 6)]
              WHEN 'text' THEN (ARRAY['Тому що так сказано в тексті — „дослівно“', 'Because "everybody knows" it 🙂', 'ponieważ źródło tak podaje',
                                      'لأن النص يقول ذلك', '因为书上这么写', 'Потому что сила равна ma'])[1 + pg_temp.pick(m, 137, 6)]
              ELSE E'Step 1: draw it.\nStep 2: count, carefully.\nStep 3: ' || pg_temp.course(m) END END,
       CASE WHEN m % 13 = 0 THEN 0 WHEN q.kind = 'task' AND m % 5 = 0 THEN NULL ELSE round(q.max_score * pg_temp.pick(m, 138, 5) / 4, 2) END,
       pg_temp.at(moment + 604800000 + q.position * 300000)
FROM seed_places AS p JOIN event_questions AS q USING (event_id), LATERAL (SELECT n * 100 + q.position) AS answer_no(m)
WHERE luck > 1 AND (luck > 3 OR q.position <= 3) AND m % 41 <> 0
ORDER BY n, q.position;

INSERT INTO event_results (participant_id, score, max_score, duration_seconds, attempts, started_at, finished_at)
SELECT p.id, coalesce(sum(a.score), 0), maximum, seconds, 1 + pg_temp.pick(n, 139, 3) / 2,
       pg_temp.at(moment + 604800000 + place * 1000), CASE WHEN luck > 3 THEN pg_temp.at(moment + 604800000 + (place + seconds) * 1000) END
FROM seed_places AS p JOIN (SELECT event_id, sum(max_score) AS maximum FROM event_questions GROUP BY 1) AS q USING (event_id)
CROSS JOIN LATERAL (SELECT 240 + pg_temp.pick(n, 140, 5160) AS seconds) AS taken LEFT JOIN event_answers AS a ON a.participant_id = p.id
WHERE luck > 1 GROUP BY p.id, n, place, moment, luck, maximum, seconds ORDER BY n;
