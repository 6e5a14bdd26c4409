import { ApiProperty } from '@nestjs/swagger';
import { ApiTextCode } from '../../platform/http/api-codes.decorator';
import { CHANNEL_NAMES } from '../channels';
import { STEP_OUTCOMES, TEST_STEPS, type TestStep } from '../model/domain/destination-test';
import {
  DESTINATION_TEST_CODES,
  type DestinationTestCode,
  TEST_OUTCOMES,
  type TestOutcome,
} from '../model/domain/destination-test-codes';
import type { TestReport } from '../model/services/destination-tests';

class TestStepResponse {
  @ApiProperty({ enum: TEST_STEPS })
  readonly name!: string;

  @ApiProperty({ enum: STEP_OUTCOMES })
  readonly outcome!: string;

  @ApiProperty({ type: 'integer', description: 'How long it took, in milliseconds' })
  readonly duration_ms!: number;

  @ApiTextCode('DestinationTestCode', Object.keys(DESTINATION_TEST_CODES))
  readonly error_code!: DestinationTestCode | null;

  @ApiProperty({ nullable: true, type: String, description: 'Why it failed' })
  readonly error!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'What to do about `error_code`' })
  readonly action!: string | null;

  @ApiProperty({ nullable: true, type: String, example: '2xx', description: 'The class of the status of a webhook' })
  readonly status_class!: string | null;

  static of({ name, outcome, durationMs, code, error, statusClass }: TestStep): TestStepResponse {
    return {
      name,
      outcome,
      duration_ms: durationMs,
      error_code: code,
      error,
      action: code === null ? null : DESTINATION_TEST_CODES[code].action,
      status_class: statusClass,
    };
  }
}

/** What a test of a destination found. */
export class DestinationTestResponse {
  @ApiProperty({ enum: CHANNEL_NAMES })
  readonly channel!: string;

  @ApiProperty({ description: 'Whether deliveries would succeed' })
  readonly reachable!: boolean;

  @ApiProperty({
    enum: TEST_OUTCOMES,
    description:
      '`not-reachable`: no server of the right kind could be reached. `not-accepted`: the address is refused, or the server refused the login, the file or the message.',
  })
  readonly outcome!: TestOutcome;

  @ApiProperty({
    nullable: true,
    type: [TestStepResponse],
    description:
      'In order. Null unless the caller is an administrator of all tenants, or `OUTBOUND_ALLOWED_HOSTS` names the host.',
  })
  readonly steps!: TestStepResponse[] | null;

  static of({ channel, outcome, steps }: TestReport): DestinationTestResponse {
    return {
      channel,
      reachable: outcome === 'reachable',
      outcome,
      steps: steps && steps.map((step) => TestStepResponse.of(step)),
    };
  }
}
