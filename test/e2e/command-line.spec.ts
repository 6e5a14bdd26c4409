import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteBoard } from '../support/boards';
import { type Client, type ExportRecord, sha256 } from '../support/client';
import { addTableType, addSlowView } from '../support/data';
import { describeWhere } from '../support/describe-where';
import { insertEvent, insertParticipant } from '../support/events';
import { Installation } from '../support/installation';
import { type ProgramRun, projectRoot, runProgram } from '../support/program';
import { signedToken } from '../support/tokens';
import { until } from '../support/until';

const program = join(projectRoot, 'sdk/dist/cli/main.js');

/** The built command line against the service: each command is a process of its own, as a user starts it. */
describe('export-service', () => {
  const ann = randomUUID();
  let installation: Installation;
  let person: Client;
  let folder: string;
  let variables: Record<string, string>;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    person = await installation.asUser(ann);
    await installation.sql(`INSERT INTO users (id, name, email) VALUES ($1, 'Ann', 'ann@example.com')`, ann);
    await installation.sql(
      `INSERT INTO transactions (id, user_id, amount, currency, status)
       SELECT gen_random_uuid(), $1::uuid, n, 'EUR', 'paid' FROM generate_series(1, 100) n`,
      ann,
    );
    variables = { EXPORT_SERVICE_URL: installation.host.url, EXPORT_SERVICE_TOKEN: await signedToken(ann), LANG: 'C' };
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'command-line-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));
  afterAll(() => installation.remove());

  const environment = (more: Record<string, string> = {}) => ({ ...variables, HOME: folder, ...more });
  const run = (args: readonly string[], more?: Record<string, string>): Promise<ProgramRun> =>
    runProgram(process.execPath, [program, ...args], environment(more), folder);
  const shell = (line: string, more?: Record<string, string>): Promise<ProgramRun> =>
    runProgram('bash', ['-c', line], environment({ NODE: process.execPath, PROGRAM: program, ...more }), folder);
  const exportCount = async () => (await person.get('/api/v1/exports')).body.count as number;

  describe('export', () => {
    it('saves the file of an export, and prints a JSON line for each step', async () => {
      const { code, stdout, stderr } = await run([
        'export',
        '--data-types',
        'transactions',
        '--format',
        'csv',
        '--filter',
        'amount>=91',
        '--columns',
        'amount,currency',
      ]);

      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { event: string; path: string; export: ExportRecord });
      const { export: completed } = lines.at(-2)!;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(lines[0]).toMatchObject({ event: 'created', export: { status: 'pending', format: 'csv' } });
      expect(lines.at(-2)).toMatchObject({ event: 'completed', export: { record_count: 10, status: 'completed' } });
      expect(lines.at(-1)).toMatchObject({ event: 'saved', id: completed.id, sha256: completed.sha256 });
      expect(await readdir(folder)).toEqual([completed.file_name!.replaceAll(':', '_')]);
      const file = await readFile(lines.at(-1)!.path);
      expect(sha256(file)).toBe(completed.sha256);
      expect(file.toString().split('\n')[0]).toBe('amount,currency');
    });

    it('writes the file to the standard output, and nothing else', async () => {
      const { code, stdout, stderr } = await run(['export', '--all', '--format', 'json', '--output', '-']);

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ userId: ann });
    });

    it('writes the file to a device, and does not take its place', async () => {
      const { code } = await run(['export', '--all', '--format', 'json', '--output', '/dev/null', '--force']);

      expect([code, (await stat('/dev/null')).isCharacterDevice()]).toEqual([0, true]);
    });

    it('ends quietly when the reader of its output leaves', async () => {
      const line = '"$NODE" "$PROGRAM" export --all --format json --output - | :; echo "${PIPESTATUS[0]}"';

      expect(await shell(line)).toEqual({ code: 0, stdout: '141\n', stderr: '' });
    });

    it('saves a board and the results of an event', async () => {
      const board = await person.saveBoard(noteBoard(), 'Line');
      const event = await insertEvent(installation.sql.bind(installation), { organizer: ann });
      await insertParticipant(installation.sql.bind(installation), event);

      const drawn = await run(['export', '--board', board, '--format', 'pdf', '--option', 'page_size=a4']);
      const results = await run(['events', 'export', event.id, '--output', 'reports/', '--json']);

      expect([drawn.code, results.code, drawn.stderr, results.stderr]).toEqual([0, 0, '', '']);
      expect((await readFile(join(folder, 'Line.pdf'))).subarray(0, 5).toString()).toBe('%PDF-');
      const { export: record } = JSON.parse(results.stdout.split('\n')[0]!) as { export: { id: string } };
      expect(await readdir(join(folder, 'reports'))).toHaveLength(1);
      // The file could be downloaded once.
      expect(await run(['download', record.id])).toMatchObject({ code: 4 });
    });

    it('replaces an existing file only with --force', async () => {
      await writeFile(join(folder, 'mine.json'), 'mine');
      const before = await exportCount();

      const refused = await run(['export', '--all', '--format', 'json', '--output', 'mine.json']);
      const kept = await readFile(join(folder, 'mine.json'), 'utf8');
      const created = (await exportCount()) - before;
      const forced = await run(['export', '--all', '--format', 'json', '--output', 'mine.json', '--force']);

      expect(refused).toEqual({
        code: 7,
        stdout: '',
        stderr: 'export-service: mine.json exists already. Use --force to replace it, or another --output.\n',
      });
      expect([kept, created]).toEqual(['mine', 0]);
      expect(forced.code).toBe(0);
      expect(await readFile(join(folder, 'mine.json'), 'utf8')).toContain(ann);
      expect(await readdir(folder)).toEqual(['mine.json']);
    });

    it('cancels the export that it created on the first Ctrl-C', async () => {
      // Minutes, so that a program that misses the signal does not end by itself.
      await addSlowView(installation, 'slow_rows', { owner: ann, rows: 20_000, during: 'copy', milliseconds: 10 });
      const child = spawn(process.execPath, [program, 'export', '--data-types', 'slow_rows', '--format', 'csv'], {
        cwd: folder,
        env: { PATH: process.env['PATH'], ...environment() },
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (data) => (stdout += String(data)));
      child.stderr.on('data', (data) => (stderr += String(data)));
      const code = new Promise((resolve) => child.on('close', resolve));

      await until('the export is processed', () => stdout.includes('"processing"'));
      child.kill('SIGINT');

      expect(await code).toBe(130);
      const { export: record } = JSON.parse(stdout.split('\n')[0]!) as { export: { id: string } };
      expect(stderr).toContain(`Cancelled export ${record.id}.`);
      expect(await person.status(record.id)).toMatchObject({ status: 'cancelled' });
      expect(await readdir(folder)).toEqual([]);
    });

    it('ends with 1 and the reason when the export fails', async () => {
      await installation.sql(
        `CREATE VIEW broken_rows AS SELECT n AS id, $$${ann}$$::uuid AS user_id, 1 / (n - 3) AS x FROM generate_series(1, 5) n`,
      );
      await addTableType(installation, 'broken_rows');

      const { code, stderr } = await run(['export', '--data-types', 'broken_rows', '--format', 'csv']);

      expect(code).toBe(1);
      expect(stderr).toMatch(/^export-service: .+\n$/);
    });
  });

  describeWhere(existsSync('/usr/bin/script') ? null : 'there is no `script` on this machine', 'on a terminal', () => {
    it('draws a bar and prints sentences', async () => {
      const line = `script -qec '"$NODE" "$PROGRAM" export --data-types transactions --format csv --output rows.csv' /dev/null`;

      const { code, stdout } = await shell(line, { TERM: 'xterm' });

      expect(code).toBe(0);
      expect(stdout).toMatch(/Exporting|Waiting/);
      expect(stdout).toMatch(/Downloading █+ 100 %/);
      expect(stdout).toMatch(/Saved .*rows\.csv \(100 rows, [\d.]+ kB\)\.\r\n/);
      expect(stdout).not.toContain('{"');
    });
  });

  describe('the token', () => {
    const withoutToken = { EXPORT_SERVICE_TOKEN: '', EXPORT_SERVICE_URL: '' };
    const login = () => join(folder, '.config/export-service/login.json');

    it('is stored by login for the user alone, once the service has accepted it', async () => {
      const url = installation.host.url;
      const refused = await run(['login', '--api', url, '--token', 'wrong'], withoutToken);
      const exists = existsSync(login());
      const line = `echo "$TOKEN" | "$NODE" "$PROGRAM" login --api ${url}/api/v1/`;
      const stored = await shell(line, { ...withoutToken, TOKEN: await signedToken(ann) });
      const listed = await run(['ls', '--limit', '1'], withoutToken);

      expect([refused.code, exists]).toEqual([3, false]);
      expect(JSON.parse(stored.stdout)).toEqual({ api: url, path: login() });
      expect([(await stat(login())).mode & 0o777, (await stat(join(login(), '..'))).mode & 0o777]).toEqual([
        0o600, 0o700,
      ]);
      expect(listed.code).toBe(0);
      expect(listed.stdout.trim().split('\n')).toHaveLength(1);

      // The token is for no other service.
      expect(await run(['ls', '--api', 'https://127.0.0.1:9'], withoutToken)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining(`The login is for ${url}, not for https://127.0.0.1:9.`),
      });
      expect(await run(['logout'], withoutToken)).toMatchObject({ code: 0 });
      expect(existsSync(login())).toBe(false);
    });

    it('is not read from a login file that others may read', async () => {
      await mkdir(join(login(), '..'), { recursive: true });
      await writeFile(login(), JSON.stringify({ api: installation.host.url, token: 'secret' }));
      await chmod(login(), 0o640);

      expect(await run(['ls'], withoutToken)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining(`its mode is 640. Run \`chmod 600 ${login()}\``),
      });
    });

    it('is required, and explained when it is wrong, in the language of the user', async () => {
      expect(await run(['ls'], { EXPORT_SERVICE_TOKEN: '' })).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('There is no token. Run `export-service login --api'),
      });
      const english = await run(['ls'], { EXPORT_SERVICE_TOKEN: 'wrong' });
      const ukrainian = await run(['ls'], { EXPORT_SERVICE_TOKEN: 'wrong', LANG: 'uk_UA.UTF-8' });
      expect([english.code, ukrainian.code]).toEqual([3, 3]);
      expect(english.stderr).toMatch(/sign in|token/i);
      expect(ukrainian.stderr).toMatch(/[іїє]/);
    });
  });

  it('estimates an export without creating it', async () => {
    const before = await exportCount();

    const { code, stdout } = await run(['estimate', '--data-types', 'transactions', '--format', 'csv']);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ unit: 'rows', samples: [{ name: 'transactions' }] });
    expect(await exportCount()).toBe(before);
  });

  it('reports the kind of error by its exit code', async () => {
    const closed = await closedPort();

    expect(await run(['get', randomUUID()])).toMatchObject({ code: 4 });
    expect(await run(['ls', '--retry', '0', '--api', `http://127.0.0.1:${closed}`])).toMatchObject({ code: 6 });
    expect(await run(['export', '--all'])).toMatchObject({ code: 2 });
    expect(await run(['export', '--all', '--format', 'csv', '--option', 'timezone=Mars', '--json'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^\{"error":\{"code":"invalid-request","status":400,.*"field":"options\.timezone"/),
    });
  });

  it('lists, shows, downloads and deletes exports', async () => {
    const { stdout } = await run(['export', '--data-types', 'transactions', '--format', 'ndjson', '--no-wait']);
    const { id } = JSON.parse(stdout) as { id: string };

    expect(await run(['get', id, '--watch'])).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['download', id, '--output', '-'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('EUR'),
    });
    expect(await run(['cancel', id])).toMatchObject({ code: 0, stdout: expect.stringContaining('"completed"') });
    const listed = await run(['ls', '--format', 'ndjson', '--status', 'completed']);
    expect(JSON.parse(listed.stdout)).toMatchObject({ id });
    expect(JSON.parse((await run(['rm', id])).stdout)).toMatchObject({ id, status: 'expired' });
  });

  it('creates a schedule from JSON, runs, pauses and deletes it', async () => {
    const definition = {
      name: 'nightly',
      data_types: ['transactions'],
      format: 'csv',
      frequency: 'daily',
      at: '02:30',
    };
    await writeFile(join(folder, 'nightly.json'), JSON.stringify(definition));

    const created = await run(['schedules', 'create', 'nightly.json']);
    const { id } = JSON.parse(created.stdout) as { id: string };
    const ran = JSON.parse((await run(['schedules', 'run', id])).stdout) as { id: string };

    expect(JSON.parse((await run(['schedules', 'pause', id])).stdout)).toMatchObject({ is_active: false });
    expect(JSON.parse((await run(['schedules', 'resume', id])).stdout)).toMatchObject({ is_active: true });
    expect(JSON.parse((await run(['schedules', 'ls'])).stdout)).toMatchObject({ id, name: 'nightly' });
    expect(JSON.parse((await run(['schedules', 'runs', id])).stdout)).toMatchObject({ export_id: ran.id });
    expect(await run(['schedules', 'rm', id])).toMatchObject({ code: 0 });
    expect(await run(['schedules', 'get', id])).toMatchObject({ code: 4 });
    expect(await shell('"$NODE" "$PROGRAM" schedules create <<< "{"')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('The schedule is not valid JSON'),
    });
  });

  it('completes commands, options and values in bash', async () => {
    const expected: Record<string, string> = {
      'export-service sch': 'schedules',
      'export-service schedules re': 'resume',
      'export-service export --fo': '--format --force',
      'export-service export --all --format x': 'xlsx xml',
      'export-service export --format=nd': 'ndjson',
      'export-service events export e1 --option header=k': 'keys',
      'export-service events export e1 --option del': 'delimiter=',
      'export-service --json ls --status ca': 'cancelled',
      'export-service completion ': 'bash zsh',
    };
    const complete = `eval "$("$NODE" "$PROGRAM" completion bash)"
      while IFS= read -r COMP_LINE; do
        COMP_POINT=\${#COMP_LINE}
        _export_service
        echo "\${COMPREPLY[*]}"
      done <<< "$LINES_TO_COMPLETE"`;

    const { stdout, stderr } = await shell(complete, { LINES_TO_COMPLETE: Object.keys(expected).join('\n') });

    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual(Object.values(expected));
  });
});

/** A port on which nothing listens any more. */
function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
