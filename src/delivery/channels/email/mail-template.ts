import { type FormatMessage, MessageCatalogue } from '../../../platform/messages/message-catalogue';
import type { Language } from '../../model/domain/language';
import type { MailContent } from './mail-content';
import type { CompletedFacts, FailedFacts, MailFacts, PausedFacts } from './mail-facts';
import { renderHtml } from './mail-html';
import { lineOf, momentText, reasonLine, sizeText } from './mail-text';
import en from './messages/en.json';
import ru from './messages/ru.json';
import uk from './messages/uk.json';

/** Everything that mails say, in each language. */
export const MAIL_CATALOGUE = { en, uk, ru };

type MailMessage = keyof typeof en;

const MAIL_MESSAGES = new MessageCatalogue<Language, MailMessage>(MAIL_CATALOGUE);

/** A mail as it is sent. */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Writes a mail as plain text and as HTML. */
export function renderMail(facts: MailFacts, language: Language): RenderedMail {
  const content = contentOf(facts, language);
  return { subject: content.subject, text: renderText(content), html: renderHtml(content) };
}

type Format = FormatMessage<MailMessage>;

function contentOf(facts: MailFacts, language: Language): MailContent {
  const format = MAIL_MESSAGES.formatterFor(language);
  const common = { language, footer: format('footer') };
  switch (facts.event) {
    case 'completed':
      return { ...common, ...completedContent(facts, language, format) };
    case 'failed':
      return { ...common, ...failedContent(facts, language, format) };
    case 'paused':
      return { ...common, ...pausedContent(facts, format) };
  }
}

type EventContent = Omit<MailContent, 'language' | 'footer'> & Partial<Pick<MailContent, 'footer'>>;

function completedContent(facts: CompletedFacts, language: Language, format: Format): EventContent {
  const { fileName, size, amount, warnings, link, oneTime, until, subject } = facts;
  const name = lineOf(fileName);
  const content = [format(`subject.${subject}`), ...(amount ? [format(amount.unit, { count: amount.count })] : [])];
  return {
    subject: format('completed.subject', { name }),
    title: format('completed.title'),
    intro: format(oneTime ? 'completed.oneTimeIntro' : 'completed.intro'),
    facts: [
      [format('file'), name],
      [format('content'), content.join(', ')],
      [format('size'), sizeText(size, language)],
      ...(until ? [[format('availableUntil'), momentText(until, language)] as const] : []),
      ...(oneTime ? [[format('record'), link] as const] : []),
    ],
    button: oneTime ? null : { label: format('completed.button'), link },
    notes: [
      ...(warnings > 0 ? [format('completed.warnings', { count: warnings })] : []),
      format(oneTime ? 'completed.oneTimeNote' : 'completed.linkNote'),
    ],
  };
}

function failedContent(facts: FailedFacts, language: Language, format: Format): EventContent {
  const subject = format(`subject.${facts.subject}`);
  const fileFormat = lineOf(facts.format).toUpperCase();
  return {
    subject: format('failed.subject', { what: `${subject}, ${fileFormat}` }),
    title: format('failed.title'),
    intro: format('failed.intro'),
    facts: [
      [format('content'), subject],
      [format('format'), fileFormat],
      [format('requested'), momentText(facts.requestedAt, language)],
      [format('reason'), reasonLine(facts.reason)],
      [format('record'), facts.link],
    ],
    button: null,
    notes: [format('failed.advice')],
  };
}

function pausedContent(facts: PausedFacts, format: Format): EventContent {
  const { reason, failures, isRightEnded, owner, link } = facts;
  const event = owner !== null ? 'pausedOfOther' : isRightEnded ? 'rightEnded' : 'paused';
  const name = lineOf(facts.name);
  return {
    subject: format(`${event}.subject`, { name }),
    title: format(`${event}.title`),
    intro: format(`${event}.intro`, { name, count: failures }),
    facts: [
      ...(owner === null ? [] : [[format('owner'), lineOf(owner)] as const]),
      [format('reason'), reasonLine(reason)],
      ...(link === null ? [] : [[format('schedule'), link] as const]),
    ],
    button: null,
    notes: [format(`${event}.advice`)],
    ...(owner !== null && { footer: format('pausedOfOther.footer') }),
  };
}

function renderText({ title, intro, facts, button, notes, footer }: MailContent): string {
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
