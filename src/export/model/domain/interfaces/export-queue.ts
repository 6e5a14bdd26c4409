/** Wakes workers for waiting exports. The queue is a hint: the records are the truth, and the sweep enqueues what is missing. */
export abstract class ExportQueue {
  /** @throws when the queue cannot be reached */
  abstract add(...exportIds: readonly string[]): Promise<void>;

  /**
   * Adds a job for a waiting export, unless a job waits already: its worker claims the export as well.
   * @throws when the queue cannot be reached
   */
  abstract wake(exportId: string): Promise<void>;

  /**
   * Adds a job for each part of an attempt, and one that follows them: it claims the export if its leader is lost by then.
   * @throws when the queue cannot be reached
   */
  abstract addParts(exportId: string, leaderToken: string, count: number): Promise<void>;
}
