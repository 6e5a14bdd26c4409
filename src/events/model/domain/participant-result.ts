/** A participant of an event with their result and answers. */
export interface ParticipantResult {
  readonly participant: Participant;
  /** `null` if the participant never started. */
  readonly result: Result | null;
  readonly answers: readonly Answer[];
}

export interface Participant {
  readonly id: string;
  /** The id of the person on the platform or in the external system. */
  readonly externalId: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly groupName: string | null;
}

/** The result of all attempts. Scores are decimal strings. */
export interface Result {
  readonly score: string;
  readonly maximum: string;
  /** Rounded to one digit; `null` if the maximum is 0. */
  readonly percent: string | null;
  readonly durationSeconds: number;
  readonly attempts: number;
  readonly startedAt: Date;
  /** `null` until it is finished. */
  readonly finishedAt: Date | null;
}

export interface Answer {
  /** The key of the question. */
  readonly key: string;
  /** `null` if the question was skipped. */
  readonly answer: string | null;
  /** `null` until it is marked. */
  readonly score: string | null;
}
