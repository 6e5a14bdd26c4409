import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import { Config } from '../config/config';

const TIMEOUT_MS = 15_000;

/** What the management port serves, and the API's port does not where there is one. */
const MANAGEMENT_PATHS = ['/health', '/metrics'];

/** Requests that came in by the management port. */
const managementRequests = new WeakSet<IncomingMessage>();

/**
 * Serves health and metrics on a port of their own, where MANAGEMENT_PORT names one, by the routes of the application. It
 * is there before the API and goes after it, so that a process that drains can be asked for its state to the end.
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

  // The modules that everything depends on are shut down last, and this one is among them.
  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

/** Keeps the two ports apart: each answers 404 for what is served on the other one. */
export function separatePorts(use: (handler: (...args: [Request, Response, NextFunction]) => void) => void): void {
  use((request, response, next) => {
    const path = request.path.toLowerCase();
    const isManagementPath = MANAGEMENT_PATHS.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    if (isManagementPath === managementRequests.has(request)) next();
    else response.status(404).end();
  });
}
