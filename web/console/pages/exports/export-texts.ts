import { type ComputedRef } from 'vue';
import type { Export } from '@export-service/client';
import { type Texts, useTexts } from '../../texts';
import { subjectOf } from './describe-export';
import { messages } from './messages/compiled.js';

export type ExportTexts = Texts<keyof (typeof messages)['en']>;

export function useExportTexts(): ComputedRef<ExportTexts> {
  return useTexts(messages);
}

/** Such as "Rows: profile, payments". */
export function subjectText(record: Export, texts: ExportTexts): string {
  const { name, values } = subjectOf(record);
  const text = texts.get(`subject.${name}`, { names: values.names, user: values.user });
  return values.more === 0 ? text : texts.get('andMore', { text, count: values.more });
}

/** The name of the file; until it has one, what it will have in it. */
export function exportName(record: Export, texts: ExportTexts): string {
  return record.file_name ?? subjectText(record, texts);
}

/** Such as "5 minutes ago". The clock of the service may be ahead of that of the browser. */
export function since(iso: string, now: number, texts: ExportTexts): string {
  return texts.relative(iso, Math.max(now, Date.parse(iso)));
}
