import { type ExportRecord, ExportTask, type SavedExport, type TaskEnvironment, type TaskState } from './export-task';

const PROGRESS = { percent: 40, done: 4, total: 10, unit: 'pages' } as const;
const RECORD: ExportRecord = {
  id: 'e1',
  status: 'completed',
  progress: { ...PROGRESS, percent: 100, done: 10 },
  file_url: 'https://exports.example.org/file',
  file_name: 'Board.pdf',
  file_size: 1000,
  one_time: false,
};
const WORKING: ExportRecord = { ...RECORD, status: 'processing', progress: PROGRESS, file_url: null };
const failure = (details: { status?: number; name?: string; retryAfterSeconds?: number }): Error =>
  Object.assign(new Error('refused'), details);
const LOST = failure({ name: 'ConnectionError' });

/** Everything that needs no time has happened. */
const settle = (): Promise<void> =>
  new Promise((done) => {
    setTimeout(done);
  });

/** The service, whose next answers a test decides. An error is an answer, too. */
class FakeService {
  readonly calls: string[] = [];
  readonly answers: Record<string, (ExportRecord | Error)[]> = { create: [], follow: [], cancel: [], locate: [] };
  completed = RECORD;

  readonly api: TaskEnvironment['api'] = {
    create: (format, key) => this.answer('create', `create ${format} ${key}`, { ...WORKING, status: 'pending' }),
    follow: (id, onProgress) => {
      onProgress(WORKING);
      return this.answer('follow', `follow ${id}`, this.completed);
    },
    cancel: async (id) => {
      await this.answer('cancel', `cancel ${id}`, RECORD);
    },
    locate: async (id) => ({ ...(await this.answer('locate', `locate ${id}`, this.completed)), file_url: 'link' }),
    renewToken: () => {
      this.calls.push('renew');
    },
  };

  private answer(route: string, call: string, usual: ExportRecord): Promise<ExportRecord> {
    this.calls.push(call);
    const answer = this.answers[route]?.shift() ?? usual;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

/** A button in a tab. `waits` are the pauses that it asked for; `pass` ends the first of them. */
function inTab(service = new FakeService(), storage: { saved: SavedExport | null } = { saved: null }) {
  const states: TaskState[] = [];
  const opened: string[] = [];
  const events: string[] = [];
  const waits: { readonly milliseconds: number; readonly pass: () => void }[] = [];
  let keys = 0;
  const task = new ExportTask({
    api: service.api,
    saved: {
      load: () => storage.saved,
      save: (saved) => (storage.saved = saved),
      clear: () => (storage.saved = null),
    },
    open: (url) => opened.push(url),
    isOnline: () => true,
    now: () => 0,
    wait: (milliseconds) => new Promise((pass) => waits.push({ milliseconds, pass })),
    newKey: () => `key${(keys += 1)}`,
    changed: (state) => states.push(state),
    notify: (event) => events.push(event) > 0,
  });
  const names = (): string[] => states.map(({ name }) => name);
  return { task, service, storage, states, names, opened, events, waits };
}

describe('ExportTask', () => {
  it('creates an export, shows its progress, and downloads the file', async () => {
    const { task, service, states, names, opened, events, storage } = inTab();

    task.start('pdf');
    await settle();

    expect(service.calls).toEqual(['create pdf key1', 'follow e1', 'locate e1']);
    expect(names()).toEqual(['starting', 'working', 'opening', 'done']);
    expect(states[1]).toMatchObject({ record: { progress: { percent: 40 } } });
    expect(opened).toEqual(['link']);
    expect(events).toEqual(['export-started', 'export-completed']);
    expect(storage.saved).toBeNull();
  });

  it('repeats a creation whose answer was lost under the same key, with longer and longer pauses', async () => {
    const { task, service, states, waits } = inTab();
    service.answers['create'] = [LOST, LOST];

    task.start('pdf');
    await settle();
    expect(states.at(-1)).toEqual({ name: 'waiting', format: 'pdf', cause: 'unreachable', retryAt: 1000 });
    waits[0]!.pass();
    await settle();
    waits[1]!.pass();
    await settle();

    expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([1000, 2000]);
    expect(service.calls.filter((call) => call.startsWith('create'))).toEqual(Array(3).fill('create pdf key1'));
    expect(states.at(-1)!.name).toBe('done');
  });

  it('goes on with the same export after the service restarted, as soon as the network is back', async () => {
    const { task, service, names } = inTab();
    service.answers['follow'] = [failure({ status: 503 })];

    task.start('pdf');
    await settle();
    task.wake();
    await settle();

    expect(names()).toEqual(['starting', 'working', 'waiting', 'working', 'working', 'opening', 'done']);
    expect(service.calls.filter((call) => call.startsWith('create'))).toHaveLength(1);
  });

  it('waits as long as a rate limit demands', async () => {
    const { task, service, states, waits } = inTab();
    service.answers['create'] = [failure({ status: 429, retryAfterSeconds: 7 })];

    task.start('csv');
    await settle();
    expect(states.at(-1)).toEqual({ name: 'waiting', format: 'csv', cause: 'busy', retryAt: 7000 });
    waits[0]!.pass();
    await settle();

    expect(states.at(-1)!.name).toBe('done');
  });

  it('gets a new token once by itself, and then waits until the user has signed in', async () => {
    const { task, service, states, names } = inTab();
    service.answers['create'] = [failure({ status: 401 }), failure({ status: 401 })];

    task.start('csv');
    await settle();
    expect(service.calls).toEqual(['create csv key1', 'renew', 'create csv key1']);
    expect(states.at(-1)).toEqual({ name: 'waiting', format: 'csv', cause: 'sign-in', retryAt: null });
    task.wake();
    await settle();

    expect(names().at(-1)).toBe('done');
  });

  it('fails for what waiting does not change, and repeats it as a new export', async () => {
    const { task, service, states, events, storage } = inTab();
    const tooLarge = failure({ status: 422 });
    service.answers['create'] = [tooLarge];

    task.start('csv');
    await settle();
    expect(states.at(-1)).toEqual({ name: 'failed', format: 'csv', error: tooLarge });
    expect(storage.saved).toBeNull();
    expect(events).toEqual(['export-failed']);
    task.repeat();
    await settle();

    expect(service.calls).toContain('create csv key2');
  });

  it.each([
    ['before the creation was confirmed', { format: 'pdf', key: 'k' }, 'create pdf k'],
    ['while the export ran', { format: 'pdf', key: 'k', id: 'e1' }, 'follow e1'],
  ])('goes on after the page was loaded again %s', async (_when, saved, firstCall) => {
    const { task, service, names } = inTab(new FakeService(), { saved });

    task.resume();
    await settle();

    expect(service.calls[0]).toBe(firstCall);
    expect(names().at(-1)).toBe('done');
  });

  it('keeps the export for the next page when it is stopped', async () => {
    const { task, service, storage, names } = inTab();
    service.answers['follow'] = [LOST];

    task.start('pdf');
    await settle();
    task.stop();
    await settle();

    expect(storage.saved).toEqual({ format: 'pdf', key: 'key1', id: 'e1' });
    expect(names().at(-1)).toBe('waiting');
  });

  it('explains a one-time file before it downloads it, also after the page was loaded again', async () => {
    const service = new FakeService();
    service.completed = { ...RECORD, one_time: true };
    const first = inTab(service);
    first.task.start('csv');
    await settle();
    expect(first.names().at(-1)).toBe('ready');
    expect(first.opened).toEqual([]);

    const second = inTab(service, first.storage);
    second.task.resume();
    await settle();
    expect(second.names().at(-1)).toBe('ready');
    second.task.download();
    await settle();

    expect(second.opened).toEqual(['link']);
    expect(second.storage.saved).toBeNull();
  });

  it('cancels an export', async () => {
    const { task, service, states, storage } = inTab();
    service.answers['follow'] = [LOST];
    task.start('pdf');
    await settle();

    task.cancel();
    await settle();

    expect(service.calls.at(-1)).toBe('cancel e1');
    expect(states.at(-1)).toEqual({ name: 'cancelled', format: 'pdf' });
    expect(storage.saved).toBeNull();
  });

  it('finds an export by its key to cancel it where the answer to its creation was lost', async () => {
    const { task, service } = inTab();
    service.answers['create'] = [LOST];
    task.start('pdf');
    await settle();

    task.cancel();
    await settle();

    expect(service.calls).toEqual(['create pdf key1', 'create pdf key1', 'cancel e1']);
  });

  it('stops waiting for the service when it is cancelled twice', async () => {
    const { task, service, names } = inTab();
    service.answers['follow'] = [LOST];
    service.answers['cancel'] = [LOST, LOST];
    task.start('pdf');
    await settle();

    task.cancel();
    await settle();
    expect(names().at(-1)).toBe('waiting');
    task.cancel();

    expect(names().at(-1)).toBe('idle');
  });
});
