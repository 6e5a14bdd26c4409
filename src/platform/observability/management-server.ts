import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import { Config } from '../config/config';

const TIMEOUT_MS = 15_000;

/** If there is a management port, only that port serves these paths. */
const MANAGEMENT_PATHS = ['/health', '/metrics'];

/** The requests that the management port received. */
const managementRequests = new WeakSet<IncomingMessage>();

/**
 * Serves the application's routes for health and metrics on MANAGEMENT_PORT, if it is set. The port opens before the API's
 * port and closes after it, so that a draining process can still be monitored.
 */
@Injectable()
export class ManagementServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | undefined;

  constructor(
    private readonly config: Config,
    private readonly host: HttpAdapterHost,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { managementPort, host } = this.config.http;
    if (managementPort === undefined) return;
    const serve = this.host.httpAdapter.getInstance<RequestListener>();
    const server = createServer((request, response) => {
      managementRequests.add(request);
      serve(request, response);
    });
    server.requestTimeout = server.headersTimeout = TIMEOUT_MS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(managementPort, host, resolve);
    });
    this.server = server;
  }

  // Nest shuts down the modules that others depend on last, so this runs near the end.
  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

/** Makes each port answer 404 for the paths of the other one. */
export function separatePorts(use: (handler: (...args: [Request, Response, NextFunction]) => void) => void): void {
  use((request, response, next) => {
    const path = request.path.toLowerCase();
    const isManagementPath = MANAGEMENT_PATHS.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    if (isManagementPath === managementRequests.has(request)) next();
    else response.status(404).end();
  });
}
