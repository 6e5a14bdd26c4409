import { Injectable } from '@nestjs/common';
import type { ExportFormat } from '../../../formats';
import { DeliveryPlanner, type NotifyInput } from '../../../delivery';
import { type EstimateInput, type ExportCreation, ExportsForEvents } from '../../../export';
import type { Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { EventRepository } from '../domain/interfaces/event.repository';
import { DEFAULT_RESULTS_FORMAT, withoutDefaultOptions, RESULTS_FORMATS } from '../domain/results-export';
import { EventService } from './event.service';

/** A request for results whose form is valid. */
export interface ResultsRequest {
  readonly format?: unknown;
  readonly options: object;
  /** Whether the first complete download deletes the file. */
  readonly oneTime: boolean;
  readonly notify?: NotifyInput | false;
  readonly retentionSeconds: number | null;
}

/** Exports the results of an event's participants. */
@Injectable()
export class ResultsExportService {
  constructor(
    private readonly events: EventService,
    private readonly repository: EventRepository,
    private readonly exports: ExportsForEvents,
    private readonly deliveries: DeliveryPlanner,
  ) {}

  /** @throws DomainError not-found | invalid | mismatch | RateLimitExceededError */
  async request(
    caller: Principal,
    eventId: string,
    request: ResultsRequest,
    idempotencyKey: string | null,
  ): Promise<ExportCreation> {
    const { params, ...authorized } = await this.authorize(caller, eventId, request);
    return this.exports.request({
      ...authorized,
      params,
      oneTime: request.oneTime,
      delivery: await this.deliveries.forRequest(caller, request.notify, { emailByDefault: false }),
      participantCount: await this.repository.countParticipants(params.eventId),
      idempotencyKey,
    });
  }

  /**
   * Checks that the caller may export the results of an event in this way. Creates nothing.
   * @throws DomainError not-found | invalid
   */
  async authorize(
    caller: Principal,
    eventId: string,
    { format, options, retentionSeconds }: Pick<ResultsRequest, 'format' | 'options' | 'retentionSeconds'>,
  ): Promise<EstimateInput<{ readonly eventId: string }>> {
    const event = await this.events.get(eventId, caller);
    return {
      caller,
      kind: 'event',
      params: { eventId: event.id },
      format: parseFormat(format),
      options: withoutDefaultOptions(options),
      retentionSeconds,
    };
  }
}

function parseFormat(format: unknown): ExportFormat {
  const known = RESULTS_FORMATS.find((candidate) => candidate === (format ?? DEFAULT_RESULTS_FORMAT));
  if (known) return known;
  const message = `must be one of ${RESULTS_FORMATS.join(', ')}`;
  throw DomainError.invalid('invalid-format', 'Invalid format', { field: 'format', message });
}
