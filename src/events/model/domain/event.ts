/** A test or a competition. Its language and time zone are free text and may be invalid. */
export interface Event {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  /** BCP 47 if valid. */
  readonly language: string;
  /** An IANA name if valid. */
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
  /** Letters, digits and underscores, unique in the event. */
  readonly key: string;
  /** One of QUESTION_KINDS. */
  readonly kind: string;
  readonly text: string;
  /** A decimal string. */
  readonly maxScore: string;
}

export interface EventDetails {
  readonly event: Event;
  /** Sorted by position. */
  readonly questions: readonly EventQuestion[];
  readonly participants: ParticipantCounts;
}

export interface ParticipantCounts {
  readonly total: number;
  /** Participants with a result, finished or not. */
  readonly started: number;
  readonly finished: number;
}
