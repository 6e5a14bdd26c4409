import type { WarningCode } from '../platform/errors/record-codes';

/** What the reader of a file should know: a text, and its stable code. */
export interface ExportWarning {
  readonly code: WarningCode;
  readonly text: string;
}
