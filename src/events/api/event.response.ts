import { ApiProperty } from '@nestjs/swagger';
import { PageResponse } from '../../platform/http/page';
import { type Event, type EventDetails, type EventQuestion, QUESTION_KINDS } from '../model/domain/event';

const MOMENT = { type: String, nullable: true, format: 'date-time' } as const;

/** An event without its details. */
export class EventResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ example: 'Олімпіада з математики' })
  readonly title!: string;

  @ApiProperty({ type: String, nullable: true })
  readonly description!: string | null;

  @ApiProperty({ example: 'uk', description: 'BCP 47' })
  readonly language!: string;

  @ApiProperty({ example: 'Europe/Kyiv' })
  readonly time_zone!: string;

  @ApiProperty(MOMENT)
  readonly starts_at!: string | null;

  @ApiProperty(MOMENT)
  readonly ends_at!: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time' })
  readonly updated_at!: string;

  static of(event: Event): EventResponse {
    return toFields(event);
  }
}

class QuestionResponse {
  @ApiProperty({ type: 'integer', example: 1 })
  readonly position!: number;

  @ApiProperty({ example: 'capital', description: 'The key of its answers in the results' })
  readonly key!: string;

  @ApiProperty({ enum: QUESTION_KINDS })
  readonly kind!: string;

  @ApiProperty()
  readonly text!: string;

  @ApiProperty({ example: 2.5 })
  readonly max_score!: number;

  static of({ position, key, kind, text, maxScore }: EventQuestion): QuestionResponse {
    return { position, key, kind, text, max_score: Number(maxScore) };
  }
}

class ParticipantCountsResponse {
  @ApiProperty({ type: 'integer' })
  readonly total!: number;

  @ApiProperty({ type: 'integer', description: 'Participants with a result, finished or not' })
  readonly started!: number;

  @ApiProperty({ type: 'integer' })
  readonly finished!: number;
}

export class EventDetailsResponse extends EventResponse {
  @ApiProperty({ type: [QuestionResponse], description: 'Sorted by position' })
  readonly questions!: QuestionResponse[];

  @ApiProperty({ type: ParticipantCountsResponse })
  readonly participants!: ParticipantCountsResponse;

  static withDetails({ event, questions, participants }: EventDetails): EventDetailsResponse {
    const { total, started, finished } = participants;
    return {
      ...toFields(event),
      questions: questions.map((question) => QuestionResponse.of(question)),
      participants: { total, started, finished },
    };
  }
}

export class EventListResponse extends PageResponse {
  @ApiProperty({ type: [EventResponse] })
  readonly results!: EventResponse[];
}

function toFields(event: Event) {
  const { id, title, description, language, timeZone, startsAt, endsAt, createdAt, updatedAt } = event;
  return {
    id,
    title,
    description,
    language,
    time_zone: timeZone,
    starts_at: startsAt?.toISOString() ?? null,
    ends_at: endsAt?.toISOString() ?? null,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
