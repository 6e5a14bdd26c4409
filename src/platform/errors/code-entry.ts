/**
 * A stable code: what it means, and what a client does about it. Codes are public: they are added, and never renamed or given
 * another meaning. docs/reference/errors.md is generated from the entries.
 */
export interface CodeEntry {
  readonly meaning: string;
  readonly action: string;
}
