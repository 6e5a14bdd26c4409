/** A test or a competition. Its language and time zone are as somebody wrote them: nothing says that they exist. */
export interface Event {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  /** BCP 47, when it is right. */
  readonly language: string;
  /** As IANA names it, when it is right. */
  readonly timeZone: string;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const QUESTION_KINDS = ['choice', 'choices', 'text', 'number', 'task'] as const;

export interface EventQuestion {
  readonly id: string;
  readonly position: number;
  /** Letters, digits and underscores; no two of an event are alike. */
  readonly key: string;
  /** One of QUESTION_KINDS */
  readonly kind: string;
  readonly text: string;
  /** In digits. */
  readonly maxScore: string;
}

export interface EventDetails {
  readonly event: Event;
  /** In their order. */
  readonly questions: readonly EventQuestion[];
  readonly participants: ParticipantCounts;
}

export interface ParticipantCounts {
  readonly total: number;
  /** Those who have a result, finished or not. */
  readonly started: number;
  readonly finished: number;
}
