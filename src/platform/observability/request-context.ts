import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known about the current request. It follows the work through every await, and by the record into a worker. */
export interface RequestContext {
  readonly requestId: string;
  /** The client's network address; absent in a worker. */
  readonly address?: string;
  /** Fields that every log line of this work has, such as the id of its record. */
  readonly logFields?: Readonly<Record<string, string>>;
}

const storage = new AsyncLocalStorage<RequestContext>();

export const RequestContext = {
  run<Result>(context: RequestContext, work: () => Result): Result {
    return storage.run(context, work);
  },

  current(): RequestContext | undefined {
    return storage.getStore();
  },
};
