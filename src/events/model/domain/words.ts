/** What columns and facts of a table of results are called. */
export interface Words {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly group: string;
  readonly score: string;
  readonly maximum: string;
  readonly percent: string;
  readonly duration: string;
  readonly attempts: string;
  readonly started: string;
  readonly finished: string;
  /** What an answer is worth. */
  readonly points: string;
  readonly when: string;
  readonly participants: string;
  /** How many of them have a result. */
  readonly withResult: string;
  readonly questions: string;
  readonly meanScore: string;
  readonly meanPercent: string;
}

const en: Words = {
  id: 'ID',
  name: 'Name',
  email: 'E-mail',
  group: 'Group',
  score: 'Score',
  maximum: 'Maximum',
  percent: 'Percent',
  duration: 'Duration',
  attempts: 'Attempts',
  started: 'Started',
  finished: 'Finished',
  points: 'points',
  when: 'When',
  participants: 'Participants',
  withResult: 'Took part',
  questions: 'Questions',
  meanScore: 'Mean score',
  meanPercent: 'Mean percent',
};

const uk: Words = {
  id: 'ID',
  name: 'Ім’я',
  email: 'Ел. пошта',
  group: 'Група',
  score: 'Бали',
  maximum: 'Максимум',
  percent: 'Відсоток',
  duration: 'Тривалість',
  attempts: 'Спроби',
  started: 'Початок',
  finished: 'Завершення',
  points: 'бали',
  when: 'Коли',
  participants: 'Учасники',
  withResult: 'Узяли участь',
  questions: 'Запитання',
  meanScore: 'Середній бал',
  meanPercent: 'Середній відсоток',
};

const ru: Words = {
  id: 'ID',
  name: 'Имя',
  email: 'Эл. почта',
  group: 'Группа',
  score: 'Баллы',
  maximum: 'Максимум',
  percent: 'Процент',
  duration: 'Длительность',
  attempts: 'Попытки',
  started: 'Начало',
  finished: 'Завершение',
  points: 'баллы',
  when: 'Когда',
  participants: 'Участники',
  withResult: 'Приняли участие',
  questions: 'Вопросы',
  meanScore: 'Средний балл',
  meanPercent: 'Средний процент',
};

const pl: Words = {
  id: 'ID',
  name: 'Imię i nazwisko',
  email: 'E-mail',
  group: 'Grupa',
  score: 'Wynik',
  maximum: 'Maksimum',
  percent: 'Procent',
  duration: 'Czas trwania',
  attempts: 'Próby',
  started: 'Rozpoczęto',
  finished: 'Zakończono',
  points: 'punkty',
  when: 'Kiedy',
  participants: 'Uczestnicy',
  withResult: 'Wzięło udział',
  questions: 'Pytania',
  meanScore: 'Średni wynik',
  meanPercent: 'Średni procent',
};

const de: Words = {
  id: 'ID',
  name: 'Name',
  email: 'E-Mail',
  group: 'Gruppe',
  score: 'Ergebnis',
  maximum: 'Maximum',
  percent: 'Prozent',
  duration: 'Dauer',
  attempts: 'Versuche',
  started: 'Begonnen',
  finished: 'Beendet',
  points: 'Punkte',
  when: 'Wann',
  participants: 'Angemeldet',
  withResult: 'Teilgenommen',
  questions: 'Fragen',
  meanScore: 'Mittleres Ergebnis',
  meanPercent: 'Mittlerer Prozentsatz',
};

const ar: Words = {
  id: 'المعرّف',
  name: 'الاسم',
  email: 'البريد الإلكتروني',
  group: 'المجموعة',
  score: 'الدرجة',
  maximum: 'الدرجة القصوى',
  percent: 'النسبة المئوية',
  duration: 'المدة',
  attempts: 'المحاولات',
  started: 'البداية',
  finished: 'النهاية',
  points: 'النقاط',
  when: 'الموعد',
  participants: 'المشاركون',
  withResult: 'شاركوا فعليًا',
  questions: 'الأسئلة',
  meanScore: 'متوسط الدرجات',
  meanPercent: 'متوسط النسبة',
};

const zh: Words = {
  id: '编号',
  name: '姓名',
  email: '电子邮箱',
  group: '组别',
  score: '得分',
  maximum: '满分',
  percent: '百分比',
  duration: '用时',
  attempts: '尝试次数',
  started: '开始时间',
  finished: '完成时间',
  points: '分数',
  when: '时间',
  participants: '报名人数',
  withResult: '参加人数',
  questions: '题目数',
  meanScore: '平均分',
  meanPercent: '平均百分比',
};

/** By the language, as BCP 47 has it, without a region. */
export const WORDS: ReadonlyMap<string, Words> = new Map(Object.entries({ en, uk, ru, pl, de, ar, zh }));
