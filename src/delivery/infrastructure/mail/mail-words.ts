import type { Language } from '../../model/domain/language';
import type { Subject } from './mail-facts';

/** The forms of a noun behind a number, by the plural rules of the language. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

/** All that mails say. `{…}` stands for what differs from mail to mail. */
export interface MailWords {
  readonly subjects: Readonly<Record<Subject, string>>;
  readonly rows: Forms;
  readonly pages: Forms;
  readonly file: string;
  readonly size: string;
  readonly content: string;
  readonly availableUntil: string;
  readonly reason: string;
  readonly format: string;
  readonly requested: string;
  /** Where the platform keeps what became of it. */
  readonly record: string;
  readonly schedule: string;
  readonly owner: string;
  readonly completed: {
    readonly subject: string;
    readonly title: string;
    readonly intro: string;
    readonly button: string;
    readonly linkNote: string;
    readonly oneTimeIntro: string;
    readonly oneTimeNote: string;
    readonly warnings: Forms;
  };
  readonly failed: {
    readonly subject: string;
    readonly title: string;
    readonly intro: string;
    readonly advice: string;
  };
  readonly paused: {
    readonly subject: string;
    readonly title: string;
    readonly intro: Forms;
    readonly advice: string;
  };
  /** A schedule whose owner is no administrator any more, to its owner. */
  readonly rightEnded: {
    readonly subject: string;
    readonly title: string;
    readonly intro: string;
    readonly advice: string;
  };
  /** The same to administrators. */
  readonly pausedOfOther: {
    readonly subject: string;
    readonly title: string;
    readonly intro: string;
    readonly advice: string;
    readonly footer: string;
  };
  readonly footer: string;
}

const en: MailWords = {
  subjects: { board: 'Board', data: 'Data', event: 'Event results' },
  rows: { one: 'row', other: 'rows' },
  pages: { one: 'page', other: 'pages' },
  file: 'File',
  size: 'Size',
  content: 'Content',
  availableUntil: 'Available until',
  reason: 'Reason',
  format: 'Format',
  requested: 'Requested',
  record: 'Record',
  schedule: 'Schedule',
  owner: 'Owner',
  completed: {
    subject: 'Your export is ready: {name}',
    title: 'Your export is ready',
    intro: 'The file you asked for has been made.',
    button: 'Download the file',
    linkNote: 'Whoever has this link can fetch the file: pass it on with care.',
    oneTimeIntro: 'The file you asked for has been made and waits for you in the platform.',
    oneTimeNote:
      'The file can be downloaded completely once, and is deleted then. That is why this mail has no link to the file itself: sign in to the platform to fetch it.',
    warnings: {
      one: '{count} warning: something in the file is missing or shown otherwise. The record of the export says what.',
      other:
        '{count} warnings: some things in the file are missing or shown otherwise. The record of the export says which.',
    },
  },
  failed: {
    subject: 'Your export failed ({what})',
    title: 'Your export failed',
    intro: 'The file you asked for could not be made.',
    advice: 'Nothing was lost: mend what the reason names, or try again later, and ask for the export once more.',
  },
  paused: {
    subject: 'Your scheduled export is paused: {name}',
    title: 'Your scheduled export is paused',
    intro: {
      one: '“{name}” failed {count} time and has been paused.',
      other: '“{name}” failed {count} times in a row and has been paused.',
    },
    advice:
      'No more files are made until it is resumed. Mend what the reason names, run it once to see that it works, and resume it.',
  },
  rightEnded: {
    subject: 'Your scheduled export is paused: {name}',
    title: 'Your scheduled export is paused',
    intro: '“{name}” does what only administrators may, and has been paused.',
    advice: 'No more files are made. If you are an administrator, sign in as one and resume it; otherwise delete it.',
  },
  pausedOfOther: {
    subject: 'A scheduled export of another user is paused: {name}',
    title: 'A scheduled export of another user is paused',
    intro: '“{name}” does what only administrators may, and its owner may not do so any more. It has been paused.',
    advice:
      'No more files of it are made. Look at the schedules of this user, and delete those that nobody needs. Of further schedules of the same user that are paused today no mail is sent.',
    footer: 'You receive this mail because you are an administrator. It was sent automatically; please do not reply.',
  },
  footer:
    'You receive this mail because an export was asked for in your name. It was sent automatically; please do not reply.',
};

const uk: MailWords = {
  subjects: { board: 'Дошка', data: 'Дані', event: 'Результати події' },
  rows: { one: 'рядок', few: 'рядки', many: 'рядків', other: 'рядка' },
  pages: { one: 'сторінка', few: 'сторінки', many: 'сторінок', other: 'сторінки' },
  file: 'Файл',
  size: 'Розмір',
  content: 'Вміст',
  availableUntil: 'Доступний до',
  reason: 'Причина',
  format: 'Формат',
  requested: 'Замовлено',
  record: 'Запис',
  schedule: 'Розклад',
  owner: 'Власник',
  completed: {
    subject: 'Ваш експорт готовий: {name}',
    title: 'Ваш експорт готовий',
    intro: 'Файл, який ви замовили, створено.',
    button: 'Завантажити файл',
    linkNote: 'Кожен, хто має це посилання, може отримати файл: передавайте його обачно.',
    oneTimeIntro: 'Файл, який ви замовили, створено; він чекає на вас на платформі.',
    oneTimeNote:
      'Файл можна повністю завантажити лише один раз, після чого його буде видалено. Тому в цьому листі немає посилання на сам файл: увійдіть на платформу, щоб отримати його.',
    warnings: {
      one: '{count} попередження: щось у файлі відсутнє або показане інакше. Запис експорту пояснює, що саме.',
      few: '{count} попередження: щось у файлі відсутнє або показане інакше. Запис експорту пояснює, що саме.',
      many: '{count} попереджень: щось у файлі відсутнє або показане інакше. Запис експорту пояснює, що саме.',
      other: '{count} попередження: щось у файлі відсутнє або показане інакше. Запис експорту пояснює, що саме.',
    },
  },
  failed: {
    subject: 'Не вдалося виконати експорт ({what})',
    title: 'Не вдалося виконати експорт',
    intro: 'Файл, який ви замовили, не вдалося створити.',
    advice: 'Нічого не втрачено: виправте те, на що вказує причина, або спробуйте пізніше, і замовте експорт ще раз.',
  },
  paused: {
    subject: 'Ваш експорт за розкладом призупинено: {name}',
    title: 'Ваш експорт за розкладом призупинено',
    intro: {
      one: '«{name}» не вдалося виконати {count} раз поспіль, тому його призупинено.',
      few: '«{name}» не вдалося виконати {count} рази поспіль, тому його призупинено.',
      many: '«{name}» не вдалося виконати {count} разів поспіль, тому його призупинено.',
      other: '«{name}» не вдалося виконати {count} раза поспіль, тому його призупинено.',
    },
    advice:
      'Нові файли не створюватимуться, доки його не буде відновлено. Виправте те, на що вказує причина, запустіть його один раз для перевірки й відновіть.',
  },
  rightEnded: {
    subject: 'Ваш експорт за розкладом призупинено: {name}',
    title: 'Ваш експорт за розкладом призупинено',
    intro: '«{name}» робить те, що дозволено лише адміністраторам, тому його призупинено.',
    advice:
      'Нові файли не створюватимуться. Якщо ви адміністратор, увійдіть як адміністратор і відновіть його; інакше видаліть його.',
  },
  pausedOfOther: {
    subject: 'Експорт за розкладом іншого користувача призупинено: {name}',
    title: 'Експорт за розкладом іншого користувача призупинено',
    intro:
      '«{name}» робить те, що дозволено лише адміністраторам, а його власник більше не має на це права. Його призупинено.',
    advice:
      'Нові файли не створюватимуться. Перегляньте розклади цього користувача й видаліть ті, що нікому не потрібні. Про інші розклади цього користувача, які буде призупинено сьогодні, листів не буде.',
    footer:
      'Ви отримали цей лист, бо ви адміністратор. Лист надіслано автоматично; будь ласка, не відповідайте на нього.',
  },
  footer:
    'Ви отримали цей лист, бо від вашого імені було замовлено експорт. Лист надіслано автоматично; будь ласка, не відповідайте на нього.',
};

const ru: MailWords = {
  subjects: { board: 'Доска', data: 'Данные', event: 'Результаты события' },
  rows: { one: 'строка', few: 'строки', many: 'строк', other: 'строки' },
  pages: { one: 'страница', few: 'страницы', many: 'страниц', other: 'страницы' },
  file: 'Файл',
  size: 'Размер',
  content: 'Содержимое',
  availableUntil: 'Доступен до',
  reason: 'Причина',
  format: 'Формат',
  requested: 'Запрошено',
  record: 'Запись',
  schedule: 'Расписание',
  owner: 'Владелец',
  completed: {
    subject: 'Ваш экспорт готов: {name}',
    title: 'Ваш экспорт готов',
    intro: 'Файл, который вы запросили, создан.',
    button: 'Скачать файл',
    linkNote: 'Каждый, у кого есть эта ссылка, может получить файл: передавайте её осмотрительно.',
    oneTimeIntro: 'Файл, который вы запросили, создан и ждёт вас на платформе.',
    oneTimeNote:
      'Файл можно полностью скачать только один раз, после чего он удаляется. Поэтому в этом письме нет ссылки на сам файл: войдите на платформу, чтобы получить его.',
    warnings: {
      one: '{count} предупреждение: что-то в файле отсутствует или показано иначе. Запись экспорта говорит, что именно.',
      few: '{count} предупреждения: что-то в файле отсутствует или показано иначе. Запись экспорта говорит, что именно.',
      many: '{count} предупреждений: что-то в файле отсутствует или показано иначе. Запись экспорта говорит, что именно.',
      other:
        '{count} предупреждения: что-то в файле отсутствует или показано иначе. Запись экспорта говорит, что именно.',
    },
  },
  failed: {
    subject: 'Не удалось выполнить экспорт ({what})',
    title: 'Не удалось выполнить экспорт',
    intro: 'Файл, который вы запросили, создать не удалось.',
    advice:
      'Ничего не потеряно: исправьте то, на что указывает причина, или попробуйте позже, и запросите экспорт ещё раз.',
  },
  paused: {
    subject: 'Ваш экспорт по расписанию приостановлен: {name}',
    title: 'Ваш экспорт по расписанию приостановлен',
    intro: {
      one: '«{name}» не удалось выполнить {count} раз подряд, и он приостановлен.',
      few: '«{name}» не удалось выполнить {count} раза подряд, и он приостановлен.',
      many: '«{name}» не удалось выполнить {count} раз подряд, и он приостановлен.',
      other: '«{name}» не удалось выполнить {count} раза подряд, и он приостановлен.',
    },
    advice:
      'Новые файлы не создаются, пока он не возобновлён. Исправьте то, на что указывает причина, запустите его один раз для проверки и возобновите.',
  },
  rightEnded: {
    subject: 'Ваш экспорт по расписанию приостановлен: {name}',
    title: 'Ваш экспорт по расписанию приостановлен',
    intro: '«{name}» делает то, что разрешено только администраторам, и поэтому приостановлен.',
    advice:
      'Новые файлы не создаются. Если вы администратор, войдите как администратор и возобновите его; иначе удалите его.',
  },
  pausedOfOther: {
    subject: 'Экспорт по расписанию другого пользователя приостановлен: {name}',
    title: 'Экспорт по расписанию другого пользователя приостановлен',
    intro:
      '«{name}» делает то, что разрешено только администраторам, а его владелец больше не имеет на это права. Он приостановлен.',
    advice:
      'Новые файлы не создаются. Просмотрите расписания этого пользователя и удалите те, что никому не нужны. О других расписаниях этого пользователя, которые будут приостановлены сегодня, писем не будет.',
    footer:
      'Вы получили это письмо, потому что вы администратор. Письмо отправлено автоматически; пожалуйста, не отвечайте на него.',
  },
  footer:
    'Вы получили это письмо, потому что от вашего имени был запрошен экспорт. Письмо отправлено автоматически; пожалуйста, не отвечайте на него.',
};

export const MAIL_WORDS: Readonly<Record<Language, MailWords>> = { en, uk, ru };
