/**
 * A stable code: what it means, and what a client does about it. Codes are public: they are added, and never renamed or given
 * another meaning. docs/reference/errors.md is generated from the entries.
 */
export interface CodeEntry {
  readonly meaning: string;
  readonly action: string;
}

/** The entry of a problem. */
export interface ProblemCodeEntry extends CodeEntry {
  /** The HTTP statuses of the problems that have it. */
  readonly statuses: readonly number[];
  /** Whether a failed export can have it as its `error_code`. */
  readonly failsExports?: true;
}
