import { toPartitionFolder } from './partitions';

describe('The folder of a partition', () => {
  it.each([
    ['created_at', '2026-01', 'created_at=2026-01'],
    ['kind', 'a b', 'kind=a b'],
    ['kind', 'ü', 'kind=ü'],
    ['kind', 'a/b:c=d%', 'kind=a%2Fb%3Ac%3Dd%25'],
    ['kind', '..', 'kind=..'],
    ['k=1', '\u0000\n', 'k%3D1=%00%0A'],
    ['kind', '', 'kind=__HIVE_DEFAULT_PARTITION__'],
    ['kind', null, 'kind=__HIVE_DEFAULT_PARTITION__'],
  ])('of %s and %j is named as Hive names it', (column, value, folder) => {
    expect(toPartitionFolder(column, value)).toBe(folder);
  });

  it('is no longer than file systems accept', () => {
    expect(toPartitionFolder('kind', 'x'.repeat(250))).toHaveLength(255);
    expect(toPartitionFolder('kind', 'x'.repeat(251))).toBeNull();
    expect(toPartitionFolder('kind', 'ü'.repeat(126))).toBeNull();
  });
});
