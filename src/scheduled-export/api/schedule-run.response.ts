import { ApiProperty } from '@nestjs/swagger';
import { CHANNEL_NAMES, DELIVERY_CODES, type DeliveryCode, type DeliveryState } from '../../delivery';
import { ALL_FAILURE_CODES, type Export, EXPORT_STATUSES } from '../../export';
import { ApiTextCode } from '../../platform/http/api-codes.decorator';
import { PageResponse } from '../../platform/http/page';
import { RUN_CODES, type RunFailureCode } from '../model/domain/schedule-codes';
import type { RunOutcome, RunTrigger } from '../model/domain/schedule-run';
import type { RunDetails } from '../model/services/schedule-runs';

const nullable = { nullable: true, type: String } as const;
const nullableInteger = { nullable: true, type: 'integer' } as const;
const nullableTime = { ...nullable, format: 'date-time' } as const;

const OUTCOMES = ['succeeded', 'failed', null];

class RunDeliveryResponse {
  @ApiProperty({ enum: CHANNEL_NAMES })
  readonly channel!: string;

  @ApiProperty({ enum: ['pending', 'delivered', 'failed'] })
  readonly status!: string;

  @ApiProperty({ ...nullable, description: 'Why the last attempt failed' })
  readonly error!: string | null;

  @ApiTextCode('DeliveryCode', Object.keys(DELIVERY_CODES))
  readonly error_code!: DeliveryCode | null;

  static of({ channel, status, lastError, errorCode }: DeliveryState): RunDeliveryResponse {
    return { channel, status, error: lastError, error_code: errorCode };
  }
}

/** The last run of a schedule. */
export class LastRunResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid', description: 'The export that has its file' })
  readonly export_id!: string;

  @ApiProperty({ enum: EXPORT_STATUSES, description: 'The current status of the export' })
  readonly status!: Export['status'];

  @ApiProperty({ ...nullable, enum: OUTCOMES, description: 'Null until the export and its deliveries have ended' })
  readonly outcome!: RunOutcome | null;

  @ApiProperty(nullable)
  readonly error!: string | null;

  @ApiTextCode('RunFailureCode', [...ALL_FAILURE_CODES, ...Object.keys(RUN_CODES)])
  readonly error_code!: RunFailureCode | null;

  static of({ run, export: made }: Omit<RunDetails, 'deliveries'>): LastRunResponse {
    return {
      id: run.id,
      export_id: run.exportId,
      status: made?.status ?? 'pending',
      outcome: run.outcome,
      error: run.error ?? made?.error ?? null,
      error_code: run.errorCode ?? made?.errorCode ?? null,
    };
  }
}

/** A run of a schedule. */
export class ScheduleRunResponse extends LastRunResponse {
  @ApiProperty({ ...nullableTime, description: 'The time for which it was planned; null for a manual run' })
  readonly slot!: string | null;

  @ApiProperty({ enum: ['schedule', 'manual'] })
  readonly trigger!: RunTrigger;

  @ApiProperty(nullableInteger)
  readonly record_count!: number | null;

  @ApiProperty({ ...nullableInteger, description: 'Bytes' })
  readonly file_size!: number | null;

  @ApiProperty({ type: [RunDeliveryResponse] })
  readonly deliveries!: RunDeliveryResponse[];

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty(nullableTime)
  readonly ended_at!: string | null;

  static override of({ run, export: made, deliveries }: RunDetails): ScheduleRunResponse {
    const { id, export_id, status, outcome, error, error_code } = LastRunResponse.of({ run, export: made });
    return {
      id,
      export_id,
      status,
      outcome,
      error,
      error_code,
      slot: run.slot?.toISOString() ?? null,
      trigger: run.trigger,
      record_count: made?.recordCount ?? null,
      file_size: made?.fileSize ?? null,
      deliveries: deliveries.map((state) => RunDeliveryResponse.of(state)),
      created_at: run.createdAt.toISOString(),
      ended_at: run.endedAt?.toISOString() ?? null,
    };
  }
}

export class ScheduleRunListResponse extends PageResponse {
  @ApiProperty({ type: [ScheduleRunResponse] })
  readonly results!: ScheduleRunResponse[];
}
