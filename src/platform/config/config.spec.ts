import { Config } from './config';

const NEEDED = {
  DATABASE_URL: 'postgresql://exports:pass@db.example.com:5432/exports',
  JWT_SECRET: 'j'.repeat(32),
  LINK_SECRET: 'l'.repeat(32),
};

describe('Config', () => {
  it('keeps files on disk and finds its own address where nothing else is said', () => {
    const config = Config.from({ ...NEEDED, PORT: '8080' });

    expect(config.storage).toEqual({ kind: 'disk', directory: './storage' });
    expect(config.http).toMatchObject({ port: 8080, publicUrl: 'http://localhost:8080', corsOrigins: '*' });
    expect(config.queue.redisUrl).toBeUndefined();
  });

  it.each([
    ['api', { servesApi: true, runsJobs: false }],
    ['worker', { servesApi: false, runsJobs: true }],
    ['all', { servesApi: true, runsJobs: true }],
  ])('as %s does its share', (ROLE, share) => {
    const { servesApi, runsJobs } = Config.from({ ...NEEDED, ROLE });

    expect({ servesApi, runsJobs }).toEqual(share);
  });
});
