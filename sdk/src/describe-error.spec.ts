import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, type Locale } from './describe-error.js';
import { ConnectionError, ExportServiceError, RateLimitedError } from './errors.js';

const root = join(__dirname, '../..');

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as unknown;

describe('describeError', () => {
  const { components } = readJson(join(root, 'docs/openapi.json')) as {
    components: { schemas: Record<'ProblemCode' | 'FailureCode', { enum: string[] }> };
  };
  const { ProblemCode, FailureCode } = components.schemas;

  it('has a text for each code of the API', () => {
    // The service knows no reason either: its text says so.
    const codes = [...ProblemCode.enum, ...FailureCode.enum].filter((code) => code !== 'unspecified');
    const untranslated = codes.filter(
      (code) => describeError(new ExportServiceError(code, 'the detail'), 'uk') === 'the detail',
    );

    expect(untranslated).toEqual([]);
  });

  it.each<[Locale, string]>([
    ['en', 'There are too many requests. Try again in 5 seconds.'],
    ['uk', 'Забагато запитів. Спробуйте ще раз через 5 секунд.'],
    ['ru', 'Слишком много запросов. Попробуйте ещё раз через 5 секунд.'],
  ])('says in %s what to do', (locale, text) => {
    const error = new RateLimitedError('rate-limit-exceeded', 'limited', { retryAfterSeconds: 5 });

    expect(describeError(error, locale)).toBe(text);
  });

  it('says long waits in minutes', () => {
    const error = new RateLimitedError('rate-limit-exceeded', 'limited', { retryAfterSeconds: 1_260 });

    expect(describeError(error, 'uk')).toContain('через 21 хвилину');
  });

  it('names the wrong fields', () => {
    const errors = [{ field: 'format', message: 'must be one of png, pdf, json', code: 'invalid' as const }];
    const details = { type: 'about:blank', title: 'Bad Request', status: 400, error: '', detail: '', request_id: '1' };
    const error = new ExportServiceError('invalid-format', '', {
      problem: { ...details, code: 'invalid-format', errors },
    });

    expect(describeError(error, 'en')).toContain('format: must be one of png, pdf, json.');
  });

  it('shows the text of the service for a code of a later version', () => {
    expect(describeError(new ExportServiceError('new-code', 'Something new.'), 'uk')).toBe('Something new.');
  });

  it('describes errors of the client and others', () => {
    expect(describeError(new ConnectionError(new TypeError('fetch failed')), 'ru')).toContain('Сервис недоступен');
    expect(describeError(new Error('other'), 'en')).toBe('other');
  });
});

it('The catalogues agree with each other', () => {
  const { findCatalogueErrors } = jest.requireActual<{ findCatalogueErrors: (catalogues: object) => string[] }>(
    '../../src/platform/messages/message-catalogue',
  );
  const folder = join(__dirname, 'messages');
  const locales = readdirSync(folder).filter((name) => name.endsWith('.json'));

  expect(
    findCatalogueErrors(Object.fromEntries(locales.map((name) => [name.slice(0, 2), readJson(join(folder, name))]))),
  ).toEqual([]);
});
