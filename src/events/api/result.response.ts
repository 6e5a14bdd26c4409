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

  @ApiProperty({ ...TEXT, description: 'By which the platform or the external system knows the person' })
  readonly external_id!: string | null;

  @ApiProperty()
  readonly name!: string;

  @ApiProperty(TEXT)
  readonly email!: string | null;

  @ApiProperty({ ...TEXT, description: 'Such as a class or a team' })
  readonly group!: string | null;

  static of({ id, externalId, name, email, groupName }: Participant): ParticipantResponse {
    return { id, external_id: externalId, name, email, group: groupName };
  }
}

class AnswerResponse {
  @ApiProperty({ ...TEXT, description: 'null where it was skipped' })
  readonly answer!: string | null;

  @ApiProperty({ ...NUMBER, description: 'null while nobody has marked it' })
  readonly score!: number | null;

  static of({ answer, score }: Answer): AnswerResponse {
    return { answer, score: toNumber(score) };
  }
}

/** Somebody's result; of who never began, all but the participant is null. */
@ApiExtraModels(AnswerResponse)
export class ResultResponse {
  @ApiProperty({ type: ParticipantResponse })
  readonly participant!: ParticipantResponse;

  @ApiProperty(NUMBER)
  readonly score!: number | null;

  @ApiProperty(NUMBER)
  readonly maximum!: number | null;

  @ApiProperty({ ...NUMBER, example: 66.7, description: 'To one digit; null where the maximum is 0' })
  readonly percent!: number | null;

  @ApiProperty(INTEGER)
  readonly duration_seconds!: number | null;

  @ApiProperty(INTEGER)
  readonly attempts!: number | null;

  @ApiProperty(MOMENT)
  readonly started_at!: string | null;

  @ApiProperty({ ...MOMENT, description: 'null while it goes on' })
  readonly finished_at!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(AnswerResponse) },
    description: 'By the keys of the questions; one that was never shown is not among them',
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
  @ApiProperty({ type: [ResultResponse], description: 'May be fewer than `limit` where answers are long' })
  readonly results!: ResultResponse[];
}

/** No score has more than ten digits, which a number of JSON carries exactly. */
function toNumber(digits: string | null | undefined): number | null {
  return digits == null ? null : Number(digits);
}
