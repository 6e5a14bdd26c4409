/** Tells the workers that exports wait. A hint: the records are the truth, and the sweep finds what was not told. */
export abstract class ExportQueue {
  /** @throws when the queue cannot be reached */
  abstract add(...exportIds: readonly string[]): Promise<void>;

  /**
   * Adds a job for an export that waits, unless a job waits already: its worker finds the export as well.
   * @throws when the queue cannot be reached
   */
  abstract wake(exportId: string): Promise<void>;
}
