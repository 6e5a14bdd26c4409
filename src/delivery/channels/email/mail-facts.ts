/** What a mail tells, before it is put into words. Names and reasons may hold anything. */
export type MailFacts = CompletedFacts | FailedFacts | PausedFacts;

const SUBJECTS = ['board', 'data', 'event'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** How mails call an export of this kind. A kind without a name of its own is data. */
export function toSubject(kind: string): Subject {
  return SUBJECTS.find((subject) => subject === kind) ?? 'data';
}

export interface CompletedFacts {
  readonly event: 'completed';
  readonly subject: Subject;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  /** How much is in it, where that was counted. */
  readonly amount: { readonly count: number; readonly unit: 'rows' | 'pages' } | null;
  readonly warnings: number;
  /** Where the file is had; of a one-time file, where its record is: whatever looks behind links in mail must not take it. */
  readonly link: string;
  readonly oneTime: boolean;
  readonly until: Date | null;
}

export interface FailedFacts {
  readonly event: 'failed';
  readonly subject: Subject;
  /** Such as `csv`. */
  readonly format: string;
  readonly requestedAt: Date;
  readonly reason: string;
  /** Where the record is. */
  readonly link: string;
}

export interface PausedFacts {
  readonly event: 'paused';
  /** Of the schedule. */
  readonly name: string;
  readonly reason: string;
  /** How often it failed in a row. */
  readonly failures: number;
  /** Whether it was paused because the administrator's right of its owner ended, rather than by failures. */
  readonly isRightEnded: boolean;
  /** Whose schedule it is, where the mail goes to an administrator; else `null`. */
  readonly owner: string | null;
  /** Where the schedule is; `null` where that is not known. */
  readonly link: string | null;
}
