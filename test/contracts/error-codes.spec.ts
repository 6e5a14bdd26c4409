import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DELIVERY_CODES } from '../../src/delivery/model/domain/delivery-codes';
import { DESTINATION_TEST_CODES } from '../../src/delivery/model/domain/destination-test-codes';
import { FAILURE_CODES } from '../../src/export/model/domain/failure-codes';
import { WARNING_CODES } from '../../src/formats/warning-codes';
import { type DomainErrorKind, STATUS_OF_KIND } from '../../src/platform/errors/domain-error';
import { FIELD_CODES } from '../../src/platform/errors/field-codes';
import { PROBLEM_CODES, type ProblemCode } from '../../src/platform/errors/problem-codes';
import { PAUSE_CODES, RUN_CODES, SCHEDULE_WARNING_CODES } from '../../src/scheduled-export/model/domain/schedule-codes';

const SOURCE = join(__dirname, '../../src');
const LISTS = /-codes\.ts$/;

const LISTED = [
  PROBLEM_CODES,
  FIELD_CODES,
  FAILURE_CODES,
  RUN_CODES,
  WARNING_CODES,
  DELIVERY_CODES,
  DESTINATION_TEST_CODES,
  PAUSE_CODES,
  SCHEDULE_WARNING_CODES,
];

const source = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/generated|\.spec\.ts$/.test(file) && !LISTS.test(file))
  .map((file) => readFileSync(join(SOURCE, file), 'utf8'))
  .join('\n');

/** The refusals that the code makes: their kinds with their codes. */
function refusals(): (readonly [DomainErrorKind, ProblemCode])[] {
  const named = [...source.matchAll(/(?:new DomainError|super)\(\s*'([a-z-]+)',\s*'([a-z-]+)',/g)].map(
    ([, kind, code]) => [kind as DomainErrorKind, code as ProblemCode] as const,
  );
  const invalid = [...source.matchAll(/DomainError\.invalid\(\s*'([a-z-]+)',/g)].map(
    ([, code]) => ['invalid', code as ProblemCode] as const,
  );
  return [...named, ...invalid];
}

describe('The published error codes', () => {
  it('contain no unused code', () => {
    const codes = LISTED.flatMap((list) => Object.keys(list));

    expect(codes.length).toBeGreaterThan(80);
    expect(codes.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
  });

  it('contain the status of every thrown error', () => {
    const made = refusals();

    expect(made.length).toBeGreaterThan(40);
    const wrong = made.filter(([kind, code]) => {
      const statuses: readonly number[] = PROBLEM_CODES[code].statuses;
      return !statuses.includes(STATUS_OF_KIND[kind]);
    });
    expect(wrong).toEqual([]);
  });

  it('are in kebab case, each with a meaning and an action', () => {
    for (const [code, { meaning, action }] of LISTED.flatMap((list) => Object.entries(list))) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      for (const sentence of [meaning, action]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });
});
