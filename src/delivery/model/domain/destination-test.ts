import { DESTINATION_TEST_CODES, type DestinationTestCode, type TestOutcome } from './destination-test-codes';
import { toFailureReason } from './failure-reason';

/** The steps of tests. Each channel has some of them, in this order. */
export const TEST_STEPS = ['resolve', 'connect', 'tls', 'authenticate', 'write', 'read', 'delete', 'send'] as const;
export type TestStepName = (typeof TEST_STEPS)[number];

export const STEP_OUTCOMES = ['ok', 'failed', 'skipped'] as const;

/** One step of a test. */
export interface TestStep {
  readonly name: TestStepName;
  readonly outcome: (typeof STEP_OUTCOMES)[number];
  readonly durationMs: number;
  /** `null` if it succeeded. */
  readonly code: DestinationTestCode | null;
  /** What went wrong, as a sentence; `null` if it did not fail. */
  readonly error: string | null;
  /** Of the response to a request of HTTP, such as `2xx`; `null` without one. */
  readonly statusClass: string | null;
}

/** Why a step failed. */
export class TestStepError extends Error {
  override readonly name = 'TestStepError';

  constructor(
    readonly code: DestinationTestCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Follows the steps of work that tests a destination. */
export interface StepObserver {
  /** Whether this is a test that a user requested, and not the check of a destination that is saved. */
  readonly isTest: boolean;
  /** @throws what the work throws */
  run<Result>(name: TestStepName, work: () => Promise<Result>): Promise<Result>;
  /** Marks a step as skipped, also while its work runs. */
  skip(name: TestStepName, code: DestinationTestCode): void;
  /** Notes the status of the response that a step got. */
  respond(name: TestStepName, status: number): void;
}

/** For work whose steps nobody follows. */
export const UNOBSERVED: StepObserver = {
  isTest: false,
  run: (_, work) => work(),
  skip: () => undefined,
  respond: () => undefined,
};

/** Records the steps of one test. */
export class TestSteps implements StepObserver {
  readonly isTest = true;
  private readonly done = new Map<TestStepName, TestStep>();
  private readonly statusClasses = new Map<TestStepName, string>();

  /**
   * @param names in their order
   * @param explain the reason why a step failed
   * @param signal ends the test
   */
  constructor(
    private readonly names: readonly TestStepName[],
    private readonly explain: (error: unknown) => TestStepError,
    private readonly signal: AbortSignal,
  ) {}

  async run<Result>(name: TestStepName, work: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    const record = (step: Pick<TestStep, 'outcome' | 'code' | 'error'>) => {
      const durationMs = Math.round(performance.now() - startedAt);
      this.done.set(name, { name, durationMs, statusClass: this.statusClasses.get(name) ?? null, ...step });
    };
    try {
      this.signal.throwIfAborted();
      const result = await work();
      const { code = null } = this.done.get(name) ?? {};
      record({ outcome: code === null ? 'ok' : 'skipped', code, error: null });
      return result;
    } catch (error) {
      const { code, message } = this.explainStep(error);
      record({ outcome: 'failed', code, error: toFailureReason(new Error(message)) });
      throw error;
    }
  }

  skip(name: TestStepName, code: DestinationTestCode): void {
    this.done.set(name, skipped(name, code));
  }

  respond(name: TestStepName, status: number): void {
    this.statusClasses.set(name, `${Math.floor(status / 100)}xx`);
  }

  /** All steps. Those that were not begun count as skipped. */
  get all(): TestStep[] {
    return this.names.map((name) => this.done.get(name) ?? skipped(name, 'earlier-step-failed'));
  }

  get failed(): TestStep | undefined {
    return this.all.find(({ outcome }) => outcome === 'failed');
  }

  private explainStep(error: unknown): TestStepError {
    if (error instanceof TestStepError) return error;
    if (this.signal.aborted) return new TestStepError('timed-out', 'The step did not end in time');
    return this.explain(error);
  }
}

function skipped(name: TestStepName, code: DestinationTestCode): TestStep {
  return { name, outcome: 'skipped', durationMs: 0, code, error: null, statusClass: null };
}

export function toTestOutcome(failed: TestStep | undefined): TestOutcome {
  return failed ? (DESTINATION_TEST_CODES[failed.code ?? 'connection-failed'].outcome ?? 'not-reachable') : 'reachable';
}
