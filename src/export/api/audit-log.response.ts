import { ApiProperty } from '@nestjs/swagger';
import { PageResponse } from '../../platform/http/page';
import type { AuditRecord } from '../model/domain/audit-record';

const nullable = { nullable: true, type: String } as const;

/** The details that several actions have; each action has others as well. */
const KNOWN_DETAILS = {
  attempt: { type: 'integer', description: 'Which attempt, counted from 1' },
  bytes: { type: 'integer', description: 'The size of a file, or how much of it was sent' },
  code: { type: 'string', description: 'The stable code of a failure' },
  count: {
    type: 'integer',
    description: 'How many requests of one minute the entry counts',
  },
  format: { type: 'string' },
  kind: { type: 'string' },
  name: { type: 'string', description: 'Of the schedule or the data type' },
  one_time: { type: 'boolean' },
  reason: { type: 'string', description: 'Why something failed, was refused or paused' },
  worker: { type: 'string', description: 'The process that ran the attempt' },
} as const;

export class AuditRecordResponse {
  @ApiProperty({ type: 'integer', example: 4711, description: 'Grows with every entry; some numbers are left out' })
  readonly id!: number;

  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ example: 'export.requested' })
  readonly action!: string;

  @ApiProperty({ ...nullable, format: 'uuid', description: 'Null for what is about no export, such as the catalog' })
  readonly export_id!: string | null;

  @ApiProperty({
    ...nullable,
    format: 'uuid',
    description: 'The schedule that it was done to, or of which it is a run',
  })
  readonly schedule_id!: string | null;

  @ApiProperty({ ...nullable, description: 'Who did it; null for what the service did by itself' })
  readonly user_id!: string | null;

  @ApiProperty(nullable)
  readonly tenant_id!: string | null;

  @ApiProperty({
    ...nullable,
    format: 'uuid',
    description: 'The external system that did it, for itself or for a user',
  })
  readonly customer_id!: string | null;

  @ApiProperty({
    ...nullable,
    description: 'The X-Request-Id under which it happened, or was asked for; the log lines carry it too',
  })
  readonly request_id!: string | null;

  @ApiProperty({ ...nullable, description: 'The network address that it was asked from', example: '203.0.113.7' })
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
      // Far below 2^53.
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
