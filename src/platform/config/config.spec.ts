import { Config } from './config';

const NEEDED = {
  DATABASE_URL: 'postgresql://exports:pass@db.example.com:5432/exports',
  JWT_SECRET: 'j'.repeat(32),
  LINK_SECRET: 'l'.repeat(32),
};

describe('Config', () => {
  it('stores files on disk and derives its own URL by default', () => {
    const config = Config.from({ ...NEEDED, PORT: '8080' });

    expect(config.storage).toEqual({ kind: 'disk', directory: './storage' });
    expect(config.http).toMatchObject({ port: 8080, publicUrl: 'http://localhost:8080', corsOrigins: '*' });
    expect(config.queue.redisUrl).toBeUndefined();
  });

  it.each([
    ['api', { servesApi: true, runsJobs: false }],
    ['worker', { servesApi: false, runsJobs: true }],
    ['all', { servesApi: true, runsJobs: true }],
  ])('has the parts of the role %s', (ROLE, share) => {
    const { servesApi, runsJobs } = Config.from({ ...NEEDED, ROLE });

    expect({ servesApi, runsJobs }).toEqual(share);
  });
});
