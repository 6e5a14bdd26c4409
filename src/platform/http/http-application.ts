import type { ServerResponse } from 'node:http';
import { VersioningType, VERSION_NEUTRAL } from '@nestjs/common';
import type { CorsOptionsDelegate } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import helmet from 'helmet';
import type { Config } from '../config/config';
import { separatePorts } from '../observability/management-server';

/** Headers included; bodies are timed by themselves, and answered. */
const REQUEST_TIMEOUT_MARGIN_MS = 60_000;
const HEADERS_TIMEOUT_MS = 15_000;
// Longer than the usual idle time of a load balancer, which otherwise would reuse a connection we just closed.
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** What the page that shows the API needs, and nothing else. */
const PAGE_POLICY = {
  defaultSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

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

/** The manners of every answer: paths with and without version, security headers, timeouts. */
export function configureHttp(app: NestExpressApplication, config: Config): void {
  const { http } = config;
  app.setGlobalPrefix('api', { exclude: ['health/live', 'health/ready', 'metrics'] });
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
  if (!config.servesApi) app.use('/api', notServedHere);
  // Decides `request.ip`, and so every address that is counted, limited or written to the audit log.
  app.set('trust proxy', [...http.trustedProxies]);
  app.disable('x-powered-by');
  app.set('etag', false);

  const server = app.getHttpServer();
  server.requestTimeout = http.bodyTimeoutSeconds * 1000 + REQUEST_TIMEOUT_MARGIN_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  // A server that closes ends the connections that are idle then, and waits for those that become idle later.
  server.on('request', (_request, response: ServerResponse) => {
    response.once('close', () => {
      if (!server.listening) server.closeIdleConnections();
    });
  });
}

/**
 * Which pages of other origins may read answers. Those of the list may send credentials, as front ends do that ask with
 * `credentials: 'include'`. No cookie means anything here, and what a browser remembers of HTTP Basic is passed over
 * for requests of other origins (customer/api/customer-credentials.ts).
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

/** A worker answers for its health and its metrics only. */
function notServedHere(_request: Request, response: Response): void {
  response.status(404).end();
}
