import { ApiProperty } from '@nestjs/swagger';
import { PageResponse } from '../../platform/http/page';
import type { AuditRecord } from '../model/domain/reporting.repository';

const nullable = { nullable: true, type: String } as const;

/** Details that several actions share. An action may add others. */
const KNOWN_DETAILS = {
  attempt: { type: 'integer', description: 'Number of the attempt, from 1' },
  bytes: { type: 'integer', description: 'Size of the file, or how much of it was sent' },
  code: { type: 'string', description: 'The stable code of a failure' },
  count: { type: 'integer', description: 'Number of requests within one minute that the entry covers' },
  format: { type: 'string' },
  kind: { type: 'string' },
  name: { type: 'string', description: 'Name of the schedule or the data type' },
  one_time: { type: 'boolean' },
  reason: { type: 'string', description: 'Why it failed, was refused or was paused' },
  worker: { type: 'string', description: 'The process that ran the attempt' },
} as const;

export class AuditRecordResponse {
  @ApiProperty({ type: 'integer', example: 4711, description: 'Grows with every entry, with gaps' })
  readonly id!: number;

  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ example: 'export.requested' })
  readonly action!: string;

  @ApiProperty({
    ...nullable,
    format: 'uuid',
    description: 'Null when no export is concerned, e.g. for catalog changes',
  })
  readonly export_id!: string | null;

  @ApiProperty({
    ...nullable,
    format: 'uuid',
    description: 'The schedule concerned, also of an entry about one of its runs',
  })
  readonly schedule_id!: string | null;

  @ApiProperty({ ...nullable, description: 'The user who acted; null for the service itself' })
  readonly user_id!: string | null;

  @ApiProperty(nullable)
  readonly tenant_id!: string | null;

  @ApiProperty({
    ...nullable,
    format: 'uuid',
    description: 'The external system that acted, for itself or for a user',
  })
  readonly customer_id!: string | null;

  @ApiProperty({
    ...nullable,
    description: 'The X-Request-Id of the request that caused it; log lines carry it too',
  })
  readonly request_id!: string | null;

  @ApiProperty({ ...nullable, description: 'The network address of the request', example: '203.0.113.7' })
  readonly address!: string | null;

  @ApiProperty({
    type: 'object',
    properties: KNOWN_DETAILS,
    additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
    example: { kind: 'board', format: 'png' },
  })
  readonly details!: Readonly<Record<string, unknown>>;

  static of(record: AuditRecord): AuditRecordResponse {
    return {
      // Far below 2^53, so the conversion is exact.
      id: Number(record.id),
      at: record.at.toISOString(),
      action: record.action,
      export_id: record.exportId,
      schedule_id: record.scheduleId,
      user_id: record.userId,
      tenant_id: record.tenantId,
      customer_id: record.customerId,
      request_id: record.requestId,
      address: record.address,
      details: record.details,
    };
  }
}

export class AuditLogResponse extends PageResponse {
  @ApiProperty({ type: [AuditRecordResponse] })
  readonly results!: AuditRecordResponse[];
}
