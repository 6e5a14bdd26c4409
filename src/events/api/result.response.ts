import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { PageResponse } from '../../platform/http/page';
import type { Answer, Participant, ParticipantResult } from '../model/domain/participant-result';

const TEXT = { type: String, nullable: true } as const;
const NUMBER = { type: Number, nullable: true } as const;
const INTEGER = { type: 'integer', nullable: true } as const;
const MOMENT = { type: String, nullable: true, format: 'date-time' } as const;

class ParticipantResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ ...TEXT, description: 'The id of the person on the platform or in the external system' })
  readonly external_id!: string | null;

  @ApiProperty()
  readonly name!: string;

  @ApiProperty(TEXT)
  readonly email!: string | null;

  @ApiProperty({ ...TEXT, description: 'For example a class or a team' })
  readonly group!: string | null;

  static of({ id, externalId, name, email, groupName }: Participant): ParticipantResponse {
    return { id, external_id: externalId, name, email, group: groupName };
  }
}

class AnswerResponse {
  @ApiProperty({ ...TEXT, description: 'null if the question was skipped' })
  readonly answer!: string | null;

  @ApiProperty({ ...NUMBER, description: 'null until it is marked' })
  readonly score!: number | null;

  static of({ answer, score }: Answer): AnswerResponse {
    return { answer, score: toNumber(score) };
  }
}

/** A participant's result. Without a result, every field but the participant is null. */
@ApiExtraModels(AnswerResponse)
export class ResultResponse {
  @ApiProperty({ type: ParticipantResponse })
  readonly participant!: ParticipantResponse;

  @ApiProperty(NUMBER)
  readonly score!: number | null;

  @ApiProperty(NUMBER)
  readonly maximum!: number | null;

  @ApiProperty({ ...NUMBER, example: 66.7, description: 'Rounded to one digit; null if the maximum is 0' })
  readonly percent!: number | null;

  @ApiProperty(INTEGER)
  readonly duration_seconds!: number | null;

  @ApiProperty(INTEGER)
  readonly attempts!: number | null;

  @ApiProperty(MOMENT)
  readonly started_at!: string | null;

  @ApiProperty({ ...MOMENT, description: 'null until it is finished' })
  readonly finished_at!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(AnswerResponse) },
    description: 'By question key. Questions that were never shown are missing',
  })
  readonly answers!: Record<string, AnswerResponse>;

  static of({ participant, result, answers }: ParticipantResult): ResultResponse {
    return {
      participant: ParticipantResponse.of(participant),
      score: toNumber(result?.score),
      maximum: toNumber(result?.maximum),
      percent: toNumber(result?.percent),
      duration_seconds: result?.durationSeconds ?? null,
      attempts: result?.attempts ?? null,
      started_at: result?.startedAt.toISOString() ?? null,
      finished_at: result?.finishedAt?.toISOString() ?? null,
      answers: Object.fromEntries(answers.map((answer) => [answer.key, AnswerResponse.of(answer)])),
    };
  }
}

export class ResultListResponse extends PageResponse {
  @ApiProperty({ type: [ResultResponse], description: 'Can be fewer than `limit` if answers are long' })
  readonly results!: ResultResponse[];
}

/** Scores have at most ten digits, which a JSON number represents exactly. */
function toNumber(digits: string | null | undefined): number | null {
  return digits == null ? null : Number(digits);
}
