import { toObjectName } from '../../../src/delivery/model/domain/file-names';
import { BullExportQueue } from '../../../src/production/infrastructure/export-jobs';
import { EXPORT_FILES, objectPrefix } from '../../../src/export/model/domain/export';
import { picturePrefix, UPLOADED_PICTURES } from '../../../src/production/model/services/uploaded-picture.service';
import { Config } from '../../../src/platform/config/config';
import { Environment } from '../../../src/platform/config/environment';
import type { JobQueue } from '../../../src/platform/queue/job-queue';
import type { JobWorker } from '../../../src/platform/queue/job-worker';
import { POSTGRES_SCHEMA, QUEUE_NAME } from '../../../src/platform/queue/queue-connections';
import { ScheduleTicker } from '../../../src/scheduled-export/infrastructure/schedule-ticker';
import type { ScheduleRunner } from '../../../src/scheduled-export/model/services/schedule-runner';
import { toRecurrence } from '../../../src/scheduled-export/model/domain/recurrence/recurrence-rule';
import { THUMBNAILS, thumbnailPrefix } from '../../../src/solo/model/domain/solo-session';
import { createTestDatabase } from '../../support/test-database';
import { columnsOf } from './columns';
import { VECTORS } from './vectors';
import { COLUMNS, DEFAULTS, SETTINGS } from './frozen-names';

const REQUIRED = {
  DATABASE_URL: 'postgres://user@127.0.0.1/exports',
  JWT_SECRET: 'a-secret-of-more-than-32-characters',
  LINK_SECRET: 'another-secret-of-more-than-32-characters',
};

/** Processes of two releases share a queue, a storage and a database while a release is rolled out. */
describe('Names shared by two releases', () => {
  it('include the queue and its location', () => {
    expect([QUEUE_NAME, POSTGRES_SCHEMA]).toEqual(['exports', 'bullmq']);
  });

  it('include the jobs and their payloads', async () => {
    const jobs: unknown[] = [];
    const queue = {
      add: (type: { name: string }, ...requests: unknown[]) => Promise.resolve(jobs.push([type.name, ...requests])),
      repeat: (type: { name: string }, _: number, payload: object) => Promise.resolve(jobs.push([type.name, payload])),
    } as unknown as JobQueue;

    await new BullExportQueue(queue).add('one', 'two');
    const worker = { handle: () => undefined } as unknown as JobWorker;
    await new ScheduleTicker(queue, Config.from(VECTORS.environment), worker, {} as ScheduleRunner).repeatJob();

    const job = (exportId: string) => ({ id: exportId, payload: { exportId } });
    expect(jobs).toEqual([
      ['run-export', job('one'), job('two')],
      ['fire-due-schedules', {}],
    ]);
  });

  it('include the keys of stored files', () => {
    expect([EXPORT_FILES, UPLOADED_PICTURES, THUMBNAILS]).toEqual(['exports/', 'pictures/', 'thumbnails/']);
    expect([objectPrefix('id'), picturePrefix('id'), thumbnailPrefix('id')]).toEqual([
      'exports/id/',
      'pictures/id/',
      'thumbnails/id/',
    ]);
  });

  it.each(VECTORS.objectNames)('include the keys of delivered objects: $name', ({ given, name }) => {
    expect(toObjectName(...given)).toBe(name);
  });

  it.each(VECTORS.recurrences)('include the slots of schedules: $name', ({ rule, after, next }) => {
    const recurrence = toRecurrence(rule);
    const slots: string[] = [];
    for (let moment = new Date(after); slots.length < next.length; moment = new Date(slots.at(-1)!)) {
      slots.push(recurrence.nextAfter(moment)!.toISOString());
    }

    expect(slots).toEqual(next);
  });

  it('include the settings with their defaults', () => {
    expect(Environment.parse(REQUIRED)).toMatchObject(DEFAULTS);
  });

  it('include the settings with their accepted values', () => {
    const given = Object.fromEntries(Object.entries(SETTINGS).map(([name, [text]]) => [name, text]));

    const read = Environment.parse(given);

    for (const [name, [, value]] of Object.entries(SETTINGS)) {
      expect([name, read[name as keyof Environment]]).toEqual([name, value]);
    }
  });

  it('include the tables and columns that the platform exports and others read', async () => {
    const database = await createTestDatabase();

    const columns = await columnsOf(database.url);

    await database.drop();
    expect(COLUMNS.length).toBeGreaterThan(200);
    expect(COLUMNS.filter((column) => !columns.includes(column))).toEqual([]);
  });
});
