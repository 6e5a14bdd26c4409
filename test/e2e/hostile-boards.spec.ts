import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';

/** Small hostile boards, and the complete ones where they exist. */
const FOLDERS = ['../../examples/boards', '../../../shared/boards'].map((folder) => join(__dirname, folder));

const IN_SMALL: readonly [name: string, state: string][] = [
  [
    'numbers beyond reason',
    '{"pages":[{"strokes":[{"tool":"pen","size":1e308,"points":[{"x":1e400,"y":-1e400},{"x":1,"y":"2"}]}]}]}',
  ],
  ['a page of a kilometre', '{"activePageId":"1","pages":[{"width":1e9,"height":1e9,"strokes":[]}]}'],
  [
    'a picture from the machine itself',
    '{"pages":[{"assets":[{"type":"image","src":"file:///etc/passwd","x":0,"y":0,"w":9,"h":9}]}]}',
  ],
  [
    'a picture from the network',
    '{"pages":[{"assets":[{"type":"image","src":"http://169.254.169.254/","x":0,"y":0,"w":9,"h":9}]}]}',
  ],
  [
    'nothing where something should be',
    '{"pages":[null,7,"x",{"strokes":[null,{"points":null}],"shapes":{},"texts":[[]]}]}',
  ],
];

describe('A hostile board', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withService());
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  it.each([...IN_SMALL, ...kept()])('finishes without affecting the service: %s', async (_, state) => {
    const session = await ann.saveBoard(state);

    for (const format of ['png', 'pdf', 'json']) {
      const { id } = await ann.requestExport(session, format);
      const end = await ann.finished(id, { within: 40_000 });
      expect(end.status).toMatch(/^(completed|failed)$/);
      if (end.status === 'failed') expect(end.error).toMatch(/\w+ \w+/);
    }
    expect(installation.services[0]!.isRunning).toBe(true);
    expect((await fetch(`${ann.url}/health/ready`)).status).toBe(200);
  });
});

function kept(): [name: string, state: string][] {
  return FOLDERS.filter((folder) => existsSync(folder))
    .slice(0, 1)
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => /^1[12].*\.json$/.test(name))
        .map((name): [string, string] => [name, readFileSync(join(folder, name), 'utf8')]),
    );
}
