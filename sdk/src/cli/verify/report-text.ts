import type { Locale } from '../../index.js';
import {
  describeFinding,
  type ExportReport,
  type FileReport,
  type Finding,
  type VerificationReport,
} from '../../verify/index.js';
import { formatBytes, formatCount, formatFields } from '../output.js';
import { printable } from '../printable.js';

const MARKS = { wrong: '✗', unverifiable: '?', note: '·' } as const;

/** A report for people: what each export is, then what was found. */
export function toReportText({ exports, findings }: VerificationReport, locale: Locale): string {
  const found = findings.map((finding) => toFindingLine(finding, locale));
  return [...exports.map(toExportText), ...(found.length > 0 ? [found.join('\n')] : [])].join('\n\n');
}

function toFindingLine(finding: Finding, locale: Locale): string {
  return `${MARKS[finding.severity]} ${printable(finding.file)}: ${printable(describeFinding(finding, locale))}`;
}

function toExportText({ id, kind, format, title, requestedAt, asOf, schedule, signedBy, files }: ExportReport): string {
  const fields = formatFields({
    export: id,
    title,
    kind: `${kind}, ${format}`,
    'as of': asOf ?? `unknown; requested at ${requestedAt}`,
    schedule: schedule && `${schedule.id}, run of ${schedule.slot}`,
    'signed by': signedBy ?? 'not known',
  });
  return [fields, ...files.map(toFileLine)].join('\n');
}

function toFileLine({ name, file, bytes, rows, countedRows, isIntact }: FileReport): string {
  const size = formatBytes(bytes);
  const counted = countedRows === null ? null : `${formatCount(countedRows)} rows counted`;
  const claimed = countedRows === null && rows !== null ? `${formatCount(rows)} rows, not counted` : null;
  const state = isIntact ? 'complete and unmodified' : file === null ? 'missing' : 'not as the service made it';
  return `${isIntact ? '✓' : '✗'} ${printable(file ?? name)}: ${[state, size, counted ?? claimed].filter(Boolean).join(', ')}`;
}
