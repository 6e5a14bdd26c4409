import { ApiProperty } from '@nestjs/swagger';
import { PageResponse } from '../../platform/http/page';
import type { SoloSession } from '../model/domain/solo-session';

/** A session without its state, as in lists. */
export class SessionSummaryResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ example: 'Algebra, lesson 3' })
  readonly name!: string;

  @ApiProperty({ example: 'ada', description: 'The owner: the `sub` of their tokens' })
  readonly owner_id!: string;

  @ApiProperty({
    description: 'Always `false`: only the owner and the external system that created the board can see it',
  })
  readonly is_shared!: boolean;

  @ApiProperty({ type: 'integer', example: 3 })
  readonly page_count!: number;

  @ApiProperty({ type: String, nullable: true, format: 'uri', description: 'A link that works without a header' })
  readonly thumbnail_url!: string | null;

  @ApiProperty({ type: 'integer', description: 'The revision, incremented by every change' })
  readonly rev!: number;

  @ApiProperty({ type: 'integer', description: 'The same as `rev`' })
  readonly version!: number;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time' })
  readonly updated_at!: string;

  static of(session: SoloSession, thumbnailUrl: string | null): SessionSummaryResponse {
    return {
      id: session.id,
      name: session.name,
      owner_id: session.userId,
      is_shared: false,
      page_count: session.pageCount,
      thumbnail_url: thumbnailUrl,
      rev: session.rev,
      version: session.rev,
      created_at: session.createdAt.toISOString(),
      updated_at: session.updatedAt.toISOString(),
    };
  }
}

export class SessionResponse extends SessionSummaryResponse {
  @ApiProperty({ description: 'The board, exactly as it was stored', nullable: true, type: Object })
  readonly state!: unknown;
}

export class SessionListResponse extends PageResponse {
  @ApiProperty({ type: [SessionSummaryResponse] })
  readonly results!: SessionSummaryResponse[];
}

/** A session for the external system that created it. */
export class CustomerSessionSummaryResponse extends SessionSummaryResponse {
  @ApiProperty({ example: 'ada', description: 'The same as `owner_id`' })
  readonly user_id!: string;

  static override of(session: SoloSession, thumbnailUrl: string | null): CustomerSessionSummaryResponse {
    return Object.assign(SessionSummaryResponse.of(session, thumbnailUrl), { user_id: session.userId });
  }
}

export class CustomerSessionResponse extends CustomerSessionSummaryResponse {
  @ApiProperty({ description: 'The board, exactly as it was stored', nullable: true, type: Object })
  readonly state!: unknown;
}

export class CustomerSessionListResponse extends PageResponse {
  @ApiProperty({ type: [CustomerSessionSummaryResponse] })
  readonly results!: CustomerSessionSummaryResponse[];
}

export class ThumbnailResponse {
  @ApiProperty({ format: 'uri' })
  readonly thumbnail_url!: string;

  @ApiProperty({ enum: ['completed'] })
  readonly status!: 'completed';
}
