import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';

/** A request target may be a whole address, with any host in it (RFC 9112, 3.2.2). */
describe('A request whose target names another host', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ PUBLIC_URL: 'https://exports.example.com' }));
    ann = await installation.asUser('ann');
    for (let count = 0; count < 2; count += 1) await ann.saveBoard(null);
  });

  afterAll(() => installation.remove());

  /** Sends a request with an unmodified target. @returns the JSON of the response */
  async function getByTarget(target: string): Promise<{ next: string }> {
    const { hostname, port } = new URL(installation.host.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const { authorization } = ann.credentials;
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
    );
    const response = await text(socket);
    return JSON.parse(response.slice(response.indexOf('{'), response.lastIndexOf('}') + 1)) as { next: string };
  }

  it.each(['http://evil.example', 'https://ann@evil.example:8443', ''])(
    'does not affect the URL of the next page of a list: "%s"',
    async (host) => {
      const { next } = await getByTarget(`${host}/api/v1/solo/sessions?limit=1`);

      expect(next).toMatch(/^https:\/\/exports\.example\.com\/api\/v1\/solo\/sessions\?limit=1&cursor=[\da-f-]{36}$/);
    },
  );
});
