/** Calls upon the processes that work, every so often, to look at what is due. */
export abstract class Ticker {
  /** Sees to it that it ticks, for all processes together. Any number of them may call this. */
  abstract ensure(): Promise<void>;
}
