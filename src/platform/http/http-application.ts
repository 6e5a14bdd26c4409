import type { ServerResponse } from 'node:http';
import { RequestMethod, VersioningType, VERSION_NEUTRAL } from '@nestjs/common';
import type { CorsOptionsDelegate } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import helmet from 'helmet';
import type { Config } from '../config/config';
import { separatePorts } from '../observability/management-server';
import { serveWebScripts } from './web-scripts';

/** Bodies have a timeout of their own that sends a response; this one is the backstop. */
const REQUEST_TIMEOUT_MARGIN_MS = 60_000;
const HEADERS_TIMEOUT_MS = 15_000;
// Longer than the idle timeout of most load balancers, which would otherwise reuse a connection that was just closed.
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** The content security policy that the page of the API documentation needs. */
const PAGE_POLICY = {
  defaultSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

const MANAGEMENT_ROUTES = ['health/live', 'health/ready', 'metrics'];

/** The pages of the console; its other routes are part of the API. */
const CONSOLE_ROUTES = ['console', 'console/*path'].map((path) => ({ path, method: RequestMethod.GET }));

/** What anybody who has a manifest needs to verify it. */
const VERIFICATION_ROUTES = ['.well-known/jwks.json', 'schemas/*path'];

const EXPOSED_HEADERS = [
  'ETag',
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'X-Request-Id',
  'Content-Disposition',
  'Preference-Applied',
];

/** What all routes have in common: paths with and without version, security headers, CORS, timeouts. */
export function configureHttp(app: NestExpressApplication, config: Config): void {
  const { http } = config;
  app.setGlobalPrefix('api', { exclude: [...MANAGEMENT_ROUTES, ...CONSOLE_ROUTES, ...VERIFICATION_ROUTES] });
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: ['1', VERSION_NEUTRAL] });
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: PAGE_POLICY },
      // Thumbnails are shown by pages of other origins.
      crossOriginResourcePolicy: { policy: 'cross-origin' },
    }),
  );
  app.enableCors(corsOf(http));
  if (http.managementPort !== undefined) separatePorts((handler) => app.use(handler));
  if (config.servesApi) serveWebScripts(app);
  else app.use(['/api', '/.well-known', '/schemas'], notServedHere);
  // Decides `request.ip`: the address for rate limits and the audit log.
  app.set('trust proxy', [...http.trustedProxies]);
  app.disable('x-powered-by');
  app.set('etag', false);

  const server = app.getHttpServer();
  server.requestTimeout = http.bodyTimeoutSeconds * 1000 + REQUEST_TIMEOUT_MARGIN_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  // A server that is closing ends idle connections once, and would wait for those that become idle later.
  server.on('request', (_request, response: ServerResponse) => {
    response.once('close', () => {
      if (!server.listening) server.closeIdleConnections();
    });
  });
}

/**
 * Which pages of other origins may read responses. Pages of the listed origins may send credentials, because some front ends
 * always use `credentials: 'include'`. The service ignores cookies, and HTTP Basic in requests of other origins.
 */
function corsOf({ corsOrigins }: Config['http']): CorsOptionsDelegate<Request> {
  const rules = { exposedHeaders: EXPOSED_HEADERS, maxAge: 86_400 };
  return (request, respond) => {
    if (corsOrigins === '*') respond(null, { ...rules, origin: '*' });
    else {
      const isListed = corsOrigins.includes(request.get('origin') ?? '');
      respond(null, { ...rules, origin: [...corsOrigins], credentials: isListed });
    }
  };
}

/** A worker serves health and metrics only. */
function notServedHere(_request: Request, response: Response): void {
  response.status(404).end();
}
