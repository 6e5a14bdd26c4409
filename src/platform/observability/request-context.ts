import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known about the request in hand; it follows the work through every await, and by the record into the worker. */
export interface RequestContext {
  readonly requestId: string;
  /** The client's network address; absent in a worker. */
  readonly address?: string;
  readonly exportId?: string;
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
