import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { RequestContext } from './request-context';

const LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];

const QUIET_CONTEXTS = new Set<unknown>(['InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/** Writes one JSON object per line, with the id of the current request and the log fields of the current work. */
export class JsonLogger extends ConsoleLogger {
  constructor(level: LogLevel) {
    super({ json: true, compact: true, flattenParams: true, logLevels: LEVELS.slice(0, LEVELS.indexOf(level) + 1) });
  }

  // Operators have no use for what Nest logs about its own start.
  override log(message: unknown, ...rest: unknown[]): void {
    if (!QUIET_CONTEXTS.has(rest.at(-1))) super.log(message, ...(rest as [string?]));
  }

  protected override getJsonLogObject(...args: Parameters<ConsoleLogger['getJsonLogObject']>) {
    const context = RequestContext.current();
    return {
      ...super.getJsonLogObject(...args),
      timestamp: new Date().toISOString() as unknown as number,
      ...(context && { request_id: context.requestId }),
      ...context?.logFields,
    };
  }
}
