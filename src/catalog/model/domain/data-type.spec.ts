import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOwnTable, OWN_TABLES } from './data-type';

const PRISMA = join(__dirname, '../../../../prisma');
/** Models of the platform, whose rows are what is exported. */
const PLATFORM = ['platform.prisma', 'events.prisma'];

describe('isOwnTable', () => {
  it('recognises the tables of all models except the platform’s and the audit log', () => {
    const files = readdirSync(PRISMA).filter((file) => file.endsWith('.prisma') && !PLATFORM.includes(file));
    const tables = files.flatMap((file) =>
      Array.from(readFileSync(join(PRISMA, file), 'utf8').matchAll(/@@map\("(\w+)"\)/g), ([, table]) => table),
    );

    expect([...OWN_TABLES, 'export_audit_log'].sort()).toEqual([...tables, '_prisma_migrations'].sort());
  });

  it('recognises them in every schema, and no other tables', () => {
    expect(['exports', 'archive.exports', 'bullmq.job'].map(isOwnTable)).toEqual([true, true, true]);
    const partitions = ['default', '2027_02', 'before_2027_02'].map((part) => `export_audit_log_${part}`);
    expect(partitions.map(isOwnTable)).toEqual([true, true, true]);
    expect(['users', 'archive.users', 'exports.users', 'export_audit_log'].map(isOwnTable)).toEqual(
      Array(4).fill(false),
    );
  });
});
