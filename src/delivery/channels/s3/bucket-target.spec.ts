import { splitFileName, toKeySegment, toObjectName } from '../../model/domain/file-names';
import { parseBucketTarget } from './bucket-target';
import { formatBucketUri, parseBucketUri } from './bucket-uri';

describe('Bucket destination URL', () => {
  it.each([
    ['s3://reports', 's3://reports/'],
    ['s3://reports/', 's3://reports/'],
    ['s3://reports/daily', 's3://reports/daily/'],
    ['s3://reports/daily/year=2026/', 's3://reports/daily/year=2026/'],
    ['s3://my.reports-2/Звіти/', 's3://my.reports-2/Звіти/'],
  ])('accepts %s', (uri, written) => {
    expect(formatBucketUri(parseBucketUri(uri)!)).toBe(written);
    expect(parseBucketUri(written)).toEqual(parseBucketUri(uri));
  });

  it.each([
    '',
    'reports/daily/',
    'https://reports.s3.amazonaws.com/daily/',
    'S3://reports/',
    's3:///daily/',
    's3://ab/',
    `s3://${'a'.repeat(64)}/`,
    's3://Reports/',
    's3://re_ports/',
    's3://reports-/',
    's3://re..ports/',
    's3://10.0.0.1/',
    's3://user:pass@reports/',
    's3://reports:443/',
    's3://reports//',
    's3://reports//daily/',
    's3://reports/daily//',
    's3://reports/../other/',
    's3://reports/./',
    's3://reports/a\u0000b/',
    's3://reports/a\nb/',
    's3://reports/a b/',
    's3://reports/a\\b/',
    's3://reports/?x',
    's3://reports/#x',
    's3://reports/%2e%2e/',
    `s3://reports/${'я'.repeat(257)}/`,
  ])('rejects %j', (uri) => {
    expect(parseBucketUri(uri)).toBeNull();
  });
});

describe('Object key of a delivery', () => {
  it.each([
    ['daily_transactions', 'daily_transactions'],
    ['Weekly users (EU)', 'Weekly_users_EU'],
    ['Звіт за тиждень', 'Звіт_за_тиждень'],
    ['../../etc/passwd', 'etc_passwd'],
    ['a//b\\c?d#e%f&g', 'a_b_c_d_e_f_g'],
    ['  ', 'export'],
    ['...', 'export'],
    ['📈', 'export'],
    ['v1.2-beta', 'v1.2-beta'],
    ['a\u0000\u202eb', 'a_b'],
    ['x'.repeat(1_000), 'x'.repeat(100)],
  ])('converts %j to the segment %s', (name, segment) => {
    expect(toKeySegment(name)).toBe(segment);
  });

  it.each([
    ['Transactions.csv', { stem: 'Transactions', extension: 'csv' }],
    ['Report 1.5.csv.gz', { stem: 'Report 1.5', extension: 'csv.gz' }],
    ['Data.zip', { stem: 'Data', extension: 'zip' }],
    ['nothing', { stem: 'nothing', extension: 'bin' }],
  ])('inserts the values of %s', (fileName, parts) => {
    expect(splitFileName(fileName)).toEqual(parts);
  });

  it('numbers repeated files of one day from 2', () => {
    expect([1, 2, 12].map((turn) => toObjectName('nightly', '2026-03-29', 'csv', turn))).toEqual([
      'nightly_2026-03-29.csv',
      'nightly_2026-03-29-2.csv',
      'nightly_2026-03-29-12.csv',
    ]);
  });
});

describe('Stored bucket target', () => {
  const place = { uri: 's3://reports/', endpoint: null, region: null, forcePathStyle: true, credentials: null };

  it('is parsed as it was planned', () => {
    expect(parseBucketTarget({ ...place, name: 'nightly', date: '2026-03-29' })).toEqual({
      ...place,
      name: 'nightly',
      date: '2026-03-29',
    });
    expect(parseBucketTarget(place)).toEqual(place);
    expect(parseBucketTarget({ ...place, date: '../2026' })).toEqual(place);
  });

  it.each([{}, { ...place, uri: 7 }, { ...place, credentials: undefined }, { ...place, endpoint: {} }])(
    'rejects %j',
    (target) => {
      expect(parseBucketTarget(target)).toBeNull();
    },
  );
});
