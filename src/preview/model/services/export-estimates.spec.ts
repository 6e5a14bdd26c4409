import { createExportBench } from '../../../../test/support/export-bench';
import { exportInput, finishedFile } from '../../../../test/support/export-requests';
import type { SourceEstimate } from '../../../export';

const TABLE = { name: 'transactions', columns: ['id', 'amount'], rowBytes: 18, longestText: 9 };

function rows(count: number | null): SourceEstimate {
  const samples = [{ name: 'transactions', columns: TABLE.columns, rows: [['1', '9.50']] }];
  const warnings = [{ code: 'statistics-stale' as const, text: 'Old' }];
  return { unit: 'rows', count, content: 'json', tables: [{ ...TABLE, rows: count }], samples, warnings };
}

function setup(environment: Readonly<Record<string, string>> = {}) {
  const bench = createExportBench({ environment });
  return { ...bench, sut: bench.estimates };
}

describe('ExportEstimates', () => {
  it('says how many rows, bytes and seconds, with the first rows and the warnings of the source', async () => {
    const { sut, source } = setup();
    source.expected = rows(1000);

    const estimate = await sut.estimate(exportInput());

    expect(estimate).toMatchObject({
      unit: 'rows',
      count: 1000,
      fileSize: 20_010,
      warnings: [{ code: 'statistics-stale' }],
    });
    expect(estimate.seconds).toBeGreaterThan(0);
    expect(estimate.samples).toEqual(rows(1000).samples);
  });

  it('uses what the authorization of the request learnt instead of asking the source', async () => {
    const { sut, source } = setup();
    source.expected = rows(1000);

    expect(await sut.estimate(exportInput({ estimate: rows(7) }))).toMatchObject({ count: 7 });
    expect(await sut.forRecord(exportInput({ estimate: null }))).toBeNull();
  });

  it('says what is unknown', async () => {
    const { sut, source } = setup();
    source.expected = rows(null);

    expect(await sut.estimate(exportInput())).toMatchObject({ count: null, fileSize: null, seconds: null });
  });

  it('corrects the size by finished exports of the kind and format', async () => {
    const { sut, request, attempts, claim, source } = setup();
    const estimate = {
      unit: 'rows',
      count: 2,
      fileSize: 30_000,
      seconds: 1,
      model: { bytes: 30_000, seconds: 0 },
    } as const;
    for (let made = 0; made < 20; made += 1) {
      const id = await request({ estimate });
      await attempts.finish((await claim(id))!, finishedFile(id, { size: 90_000 }));
    }
    source.expected = rows(1000);

    const { fileSize } = await sut.estimate(exportInput());

    expect(fileSize).toBeGreaterThan(2 * 20_010);
    expect(fileSize).toBeLessThan(3 * 20_010);
  });

  it('refuses more rows than are allowed, with the estimate and what to do instead', async () => {
    const { sut } = setup({ MAX_ESTIMATED_ROWS: '10' });

    const error: unknown = await sut.estimate(exportInput({ estimate: rows(11) })).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      kind: 'unprocessable',
      code: 'too-many-rows',
      message: expect.stringMatching(/expected to have 11 rows; at most 10 are allowed. Add filters/) as string,
      details: { extensions: { estimate: { record_count: 11 } } },
    });
    expect(await sut.estimate(exportInput({ estimate: rows(10) }))).toMatchObject({ count: 10 });
  });

  it('lets an export be made that cannot be estimated', async () => {
    const { sut, source } = setup();
    source.estimate = () => Promise.reject(new Error('The replica is down'));

    expect(await sut.forRecord(exportInput())).toBeNull();
    await expect(sut.estimate(exportInput())).rejects.toThrow('The replica is down');
  });
});
