/** From `from` up to, but not including, `to`; open where a bound is missing. */
export interface Period {
  readonly from?: Date;
  readonly to?: Date;
}

/** A period that has both bounds. */
export type BoundedPeriod = Required<Period>;
