import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { testConfig } from '../../../test/support/test-config';
import { TokenVerifier } from '../../platform/auth/token-verifier';
import { Config } from '../../platform/config/config';
import { configureHttp } from '../../platform/http/http-application';
import { UsedSignInLinks } from '../model/domain/used-sign-in-links';
import { SignInService } from '../model/services/sign-in.service';
import { ConsoleController } from './console.controller';
import { ConsoleFiles } from './console-files';
import { ConsoleGuard } from './console.guard';

const PAGE = '<!doctype html><title>Exports</title>';
const SCRIPT = 'console.log("console")';
const OIDC = {
  JWT_JWKS_URL: 'https://login.example.com/keys',
  CONSOLE_OIDC_ISSUER: 'https://login.example.com/realms/a',
  CONSOLE_OIDC_CLIENT_ID: 'export-console',
};
const S3 = { STORAGE: 's3', S3_BUCKET: 'exports', S3_PUBLIC_ENDPOINT: 'https://files.example.com/exports' };

describe('The console', () => {
  let folder: string;
  let running: NestExpressApplication[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'console-'));
    mkdirSync(join(folder, 'dist/assets'), { recursive: true });
    writeFileSync(join(folder, 'secret.json'), '{}');
    for (const [name, text] of Object.entries({
      'dist/index.html': PAGE,
      'dist/icon.svg': '<svg/>',
      'dist/assets/index-Bd1xY2z3.js': SCRIPT,
      'dist/assets/index-Cd1xY2z3.css': 'p{}',
    })) {
      writeFileSync(join(folder, name), text);
      writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text));
      writeFileSync(join(folder, `${name}.gz`), gzipSync(text));
    }
  });

  afterEach(async () => {
    await Promise.all(running.map((app) => app.close()));
    running = [];
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Serves the console, as the service does with these settings. */
  async function serve(environment: Record<string, string> = {}, files = ConsoleFiles.read(join(folder, 'dist'))) {
    const config = testConfig(environment);
    const compiled = await Test.createTestingModule({
      controllers: [ConsoleController],
      providers: [
        ConsoleGuard,
        SignInService,
        TokenVerifier,
        { provide: UsedSignInLinks, useValue: {} },
        { provide: Config, useValue: config },
        { provide: ConsoleFiles, useValue: files ?? ConsoleFiles.none },
      ],
    }).compile();
    const app = compiled.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
    running.push(app);
    configureHttp(app, config);
    await app.listen(0, '127.0.0.1');
    return app.getHttpServer();
  }

  it('redirects its address to its folder, relative to what a proxy puts before it', async () => {
    await request(await serve())
      .get('/console')
      .expect(308)
      .expect('location', 'console/');
  });

  it.each(['br', 'gzip', 'identity'])('serves its page as %s, and asks browsers to revalidate it', async (encoding) => {
    const server = await serve();
    const get = () => request(server).get('/console/').set('accept-encoding', encoding);

    const page = await get();
    const again = await get().set('if-none-match', page.headers['etag']!);

    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      etag: expect.stringMatching(/^"[\w-]{22}/),
      vary: expect.stringContaining('Accept-Encoding'),
    });
    expect(page.headers['content-encoding']).toBe(encoding === 'identity' ? undefined : encoding);
    if (encoding !== 'br') expect(page.text).toBe(PAGE);
    expect([again.status, again.headers['content-security-policy']]).toEqual([304, expect.any(String)]);
  });

  it('answers HEAD without a body', async () => {
    const { headers, text } = await request(await serve())
      .head('/console/')
      .set('accept-encoding', 'identity')
      .expect(200);

    expect([headers['content-length'], text]).toEqual([String(PAGE.length), undefined]);
  });

  it.each([
    ['/console/assets/index-Bd1xY2z3.js', 'text/javascript; charset=utf-8'],
    ['/console/assets/index-Cd1xY2z3.css', 'text/css; charset=utf-8'],
  ])('lets browsers keep %s, whose name has a hash, as %s', async (path, type) => {
    await request(await serve())
      .get(path)
      .expect(200)
      .expect('content-type', type)
      .expect('content-encoding', 'gzip')
      .expect('cache-control', 'public, max-age=31536000, immutable');
  });

  it('asks browsers to revalidate a file beside its page', async () => {
    await request(await serve())
      .get('/console/icon.svg')
      .expect(200)
      .expect('content-type', /^image\/svg\+xml/)
      .expect('cache-control', 'no-cache');
  });

  it('may run its own scripts only, and connect to what is configured', async () => {
    const { headers } = await request(await serve({ ...OIDC, ...S3 }))
      .get('/console/')
      .set('origin', 'https://evil.example');

    expect(headers['content-security-policy']?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' blob: data: https://files.example.com",
      "connect-src 'self' https://login.example.com https://files.example.com",
      "font-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types vue lit-html',
    ]);
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('connects to the service alone by default', async () => {
    const { headers } = await request(await serve()).get('/console/');

    expect(headers['content-security-policy']).toContain("connect-src 'self'; ");
    expect(headers['content-security-policy']).toContain("img-src 'self' blob: data:; ");
  });

  it.each<[string, Record<string, string>, unknown]>([
    ['without an issuer', {}, null],
    [
      'with an issuer',
      { ...OIDC, CONSOLE_OIDC_SCOPE: 'openid email' },
      { issuer: OIDC.CONSOLE_OIDC_ISSUER, client_id: 'export-console', scope: 'openid email' },
    ],
  ])('says how to sign in, %s', async (_, environment, oidc) => {
    const { body } = await request(await serve(environment))
      .get('/console/config.json')
      .expect(200)
      .expect('cache-control', 'no-store');

    expect(body).toMatchObject({ oidc });
  });

  it.each([
    '/console/nothing',
    '/console/assets',
    '/console/assets/nothing.js',
    '/console/assets/index-Bd1xY2z3.js.br',
    '/console/assets/nothing/else',
    '/console/assets/../../secret.json',
    '/console/assets/..%2f..%2fsecret.json',
    '/console/assets/%2e%2e/%2e%2e/secret.json',
    '/console/%2e%2e%2fsecret.json',
    '/console/..%5csecret.json',
    '/console/__proto__',
    '/console/index.html/index.html',
    '/console/index.html%00.js',
    '/consoles/',
  ])('answers 404 for %s', async (path) => {
    const server = await serve();
    const { port } = server.address() as AddressInfo;

    // Clients with a URL parser would resolve the path before they send it.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = sendRequest({ port, path, host: '127.0.0.1' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end();
    });

    expect(status).toBe(404);
  });

  it.each<[string, Record<string, string>]>([
    ['CONSOLE is off', { CONSOLE: 'off' }],
    ['the process is a worker', { ROLE: 'worker' }],
  ])('is absent where %s', async (_, environment) => {
    const server = await serve(environment);

    for (const path of ['/console', '/console/', '/console/config.json', '/console/assets/index-Bd1xY2z3.js']) {
      const { status, headers } = await request(server).get(path);
      expect([path, status, headers['location']]).toEqual([path, 404, undefined]);
    }
  });

  it('is absent where it is not built', async () => {
    const server = await serve({}, ConsoleFiles.read(join(folder, 'nothing')));

    for (const path of ['/console', '/console/', '/console/assets/index-Bd1xY2z3.js']) {
      await request(server).get(path).expect(404);
    }
  });
});
