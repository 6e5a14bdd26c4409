import type { Language } from '../../model/domain/language';
import type { MailContent } from './mail-content';
import type { CompletedFacts, FailedFacts, MailFacts, PausedFacts } from './mail-facts';
import { htmlOf } from './mail-html';
import { filled, formFor, lineOf, momentText, numberText, reasonLine, sizeText } from './mail-text';
import { MAIL_WORDS, type MailWords } from './mail-words';

/** A mail as it is sent. */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Puts what is to be told into words, as plain text and as HTML. */
export function renderMail(facts: MailFacts, language: Language): RenderedMail {
  const content = contentOf(facts, language, MAIL_WORDS[language]);
  return { subject: content.subject, text: textOf(content), html: htmlOf(content) };
}

function contentOf(facts: MailFacts, language: Language, words: MailWords): MailContent {
  const common = { language, footer: words.footer };
  switch (facts.event) {
    case 'completed':
      return { ...common, ...completed(facts, language, words) };
    case 'failed':
      return { ...common, ...failed(facts, language, words) };
    case 'paused':
      return { ...common, ...paused(facts, language, words) };
  }
}

type Told = Omit<MailContent, 'language' | 'footer'> & Partial<Pick<MailContent, 'footer'>>;

function completed(facts: CompletedFacts, language: Language, words: MailWords): Told {
  const { fileName, size, amount, warnings, link, oneTime, until, subject } = facts;
  const { completed: said } = words;
  const name = lineOf(fileName);
  const content = [
    words.subjects[subject],
    ...(amount ? [`${numberText(amount.count, language)} ${formFor(amount.count, words[amount.unit], language)}`] : []),
  ];
  const warning = filled(formFor(warnings, said.warnings, language), { count: numberText(warnings, language) });
  return {
    subject: filled(said.subject, { name }),
    title: said.title,
    intro: oneTime ? said.oneTimeIntro : said.intro,
    facts: [
      [words.file, name],
      [words.content, content.join(', ')],
      [words.size, sizeText(size, language)],
      ...(until ? [[words.availableUntil, momentText(until, language)] as const] : []),
      ...(oneTime ? [[words.record, link] as const] : []),
    ],
    button: oneTime ? null : { label: said.button, link },
    notes: [...(warnings > 0 ? [warning] : []), oneTime ? said.oneTimeNote : said.linkNote],
  };
}

function failed(
  { subject, format, requestedAt, reason, link }: FailedFacts,
  language: Language,
  words: MailWords,
): Told {
  const { failed: said, subjects } = words;
  const what = `${subjects[subject]}, ${lineOf(format).toUpperCase()}`;
  return {
    subject: filled(said.subject, { what }),
    title: said.title,
    intro: said.intro,
    facts: [
      [words.content, subjects[subject]],
      [words.format, lineOf(format).toUpperCase()],
      [words.requested, momentText(requestedAt, language)],
      [words.reason, reasonLine(reason)],
      [words.record, link],
    ],
    button: null,
    notes: [said.advice],
  };
}

function paused(facts: PausedFacts, language: Language, words: MailWords): Told {
  const { name: given, reason, failures, isRightEnded, owner, link } = facts;
  const said = owner !== null ? words.pausedOfOther : isRightEnded ? words.rightEnded : words.paused;
  const intro = typeof said.intro === 'string' ? said.intro : formFor(failures, said.intro, language);
  const name = lineOf(given);
  return {
    subject: filled(said.subject, { name }),
    title: said.title,
    intro: filled(intro, { name, count: numberText(failures, language) }),
    facts: [
      ...(owner === null ? [] : [[words.owner, lineOf(owner)] as const]),
      [words.reason, reasonLine(reason)],
      ...(link === null ? [] : [[words.schedule, link] as const]),
    ],
    button: null,
    notes: [said.advice],
    ...(owner !== null && { footer: words.pausedOfOther.footer }),
  };
}

function textOf({ title, intro, facts, button, notes, footer }: MailContent): string {
  const parts = [
    title,
    intro,
    facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
    ...(button ? [`${button.label}:\n${button.link}`] : []),
    ...notes,
    `-- \n${footer}`,
  ];
  return `${parts.join('\n\n')}\n`;
}
