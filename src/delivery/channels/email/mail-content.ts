import type { Language } from '../../model/domain/language';

/** A mail as it is built, before it is text or HTML. */
export interface MailContent {
  readonly language: Language;
  readonly subject: string;
  readonly title: string;
  readonly intro: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly button: { readonly label: string; readonly link: string } | null;
  readonly notes: readonly string[];
  readonly footer: string;
}
