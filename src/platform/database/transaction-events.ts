import type { Prisma } from './generated/client';

/** A kind of change to which other modules react. The subject is what has changed. */
export class TransactionEvent<Subject> {
  declare readonly subject: Subject;

  constructor(readonly name: string) {}
}

/** Runs in the transaction of the change: its statements commit with the change, and an error rolls both back. */
export type TransactionHandler<Subject> = (
  transaction: Prisma.TransactionClient,
  subjects: readonly Subject[],
) => Promise<void>;

/** Events inside a transaction: a module records its consequence of another module's change atomically with it. */
export class TransactionEvents {
  private readonly handlers = new Map<string, TransactionHandler<never>[]>();

  on<Subject>({ name }: TransactionEvent<Subject>, handler: TransactionHandler<Subject>): void {
    this.handlers.set(name, [...(this.handlers.get(name) ?? []), handler]);
  }

  async emit<Subject>(
    { name }: TransactionEvent<Subject>,
    transaction: Prisma.TransactionClient,
    subjects: readonly Subject[],
  ): Promise<void> {
    if (subjects.length === 0) return;
    for (const handler of this.handlers.get(name) ?? []) await handler(transaction, subjects as readonly never[]);
  }
}
