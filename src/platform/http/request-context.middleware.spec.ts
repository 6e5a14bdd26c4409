import type { Request, Response } from 'express';
import { RequestContext } from '../observability/request-context';
import { RequestContextMiddleware } from './request-context.middleware';

/** What is known of a request whose address its proxies say is this. */
function contextOf(ip: string | undefined, headers: Readonly<Record<string, string>> = {}): RequestContext | undefined {
  const request = { ip, get: (name: string) => headers[name] } as unknown as Request;
  const response = { setHeader: () => undefined } as unknown as Response;
  let context: RequestContext | undefined;
  new RequestContextMiddleware().use(request, response, () => {
    context = RequestContext.current();
  });
  return context;
}

describe('The context of a request', () => {
  it.each(['203.0.113.7', '2001:db8::9', '::ffff:203.0.113.7'])('contains the client address, %s', (address) => {
    expect(contextOf(address)?.address).toBe(address);
  });

  it.each(['x'.repeat(9000), 'unknown', '203.0.113.7, 10.0.0.1', '', undefined])(
    'contains no address if a proxy forwarded something else: %s',
    (named) => {
      expect(contextOf(named)?.address).toBeUndefined();
    },
  );

  it('contains the request id of the caller if it is valid', () => {
    expect(contextOf('::1', { 'X-Request-Id': 'abc-1' })?.requestId).toBe('abc-1');
    expect(contextOf('::1', { 'X-Request-Id': 'a b\n' })?.requestId).toMatch(/^[\da-f-]{36}$/);
  });
});
