/** Somebody who takes part in an event, and what they achieved. */
export interface ParticipantResult {
  readonly participant: Participant;
  /** `null` for who never began. */
  readonly result: Result | null;
  readonly answers: readonly Answer[];
}

export interface Participant {
  readonly id: string;
  /** By which the platform or the external system knows the person. */
  readonly externalId: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly groupName: string | null;
}

/** Over all attempts. Scores are written in digits. */
export interface Result {
  readonly score: string;
  readonly maximum: string;
  /** With one digit behind the point; `null` where nothing could be achieved. */
  readonly percent: string | null;
  readonly durationSeconds: number;
  readonly attempts: number;
  readonly startedAt: Date;
  /** `null` while it goes on. */
  readonly finishedAt: Date | null;
}

export interface Answer {
  /** The key of the question. */
  readonly key: string;
  /** `null` where it was skipped. */
  readonly answer: string | null;
  /** `null` while nobody has marked it. */
  readonly score: string | null;
}
