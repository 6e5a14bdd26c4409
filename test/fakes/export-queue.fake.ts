import { ExportQueue } from '../../src/export/model/domain/interfaces/export-queue';

/** A queue that stores each export once until a worker takes it. It can be made unavailable. */
export class FakeExportQueue extends ExportQueue {
  private readonly waiting = new Set<string>();
  private isDown = false;
  /** How many parts of each export were added. */
  readonly parts = new Map<string, number>();

  override add(...exportIds: readonly string[]): Promise<void> {
    if (this.isDown) return Promise.reject(new Error('The queue cannot be reached'));
    for (const id of exportIds) this.waiting.add(id);
    return Promise.resolve();
  }

  override wake(exportId: string): Promise<void> {
    return this.waiting.size > 0 && !this.isDown ? Promise.resolve() : this.add(exportId);
  }

  override addParts(exportId: string, _leaderToken: string, count: number): Promise<void> {
    if (this.isDown) return Promise.reject(new Error('The queue cannot be reached'));
    this.parts.set(exportId, count);
    return Promise.resolve();
  }

  /** What a worker is given. */
  takeAll(): string[] {
    const taken = [...this.waiting];
    this.waiting.clear();
    return taken;
  }

  fail(): void {
    this.isDown = true;
  }

  recover(): void {
    this.isDown = false;
  }
}
