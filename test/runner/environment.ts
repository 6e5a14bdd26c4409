import type { JestEnvironment, JestEnvironmentConfig } from '@jest/environment';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/** What jest keeps in the global object for one test file. Each file must get its own. */
const STATE_OF_JEST =
  /^(EVENT_HANDLERS|JEST_STATE_SYMBOL|RETRY_|TEST_TIMEOUT_SYMBOL|WAIT_BEFORE_RETRY|LOG_ERRORS_BEFORE_RETRY)/;

/** Libraries and Node's own modules share these with the test file, and would stand still. */
const NEVER_FAKED = ['nextTick', 'queueMicrotask'] as const;

class FakeTimers extends ModernFakeTimers {
  override useFakeTimers(config: NonNullable<Parameters<ModernFakeTimers['useFakeTimers']>[0]> = {}): void {
    super.useFakeTimers({ ...config, doNotFake: [...NEVER_FAKED, ...(config.doNotFake ?? [])] });
  }
}

/**
 * Runs test files in the context of their worker. In a context of its own, as jest's environment has it, a test file looks
 * up each global through a proxy, must load each library again, and its errors and arrays are not instances of the classes of Node.
 * A global of Node that a file replaces, `process.exit` and environment variables are put back after it.
 */
export default class WorkerEnvironment implements JestEnvironment<NodeJS.Timeout> {
  readonly global = globalThis as unknown as JestEnvironment['global'];
  readonly moduleMocker = new ModuleMocker(globalThis);
  readonly fakeTimers = null;
  fakeTimersModern: FakeTimers | null;
  private readonly globals = Object.getOwnPropertyDescriptors(globalThis);
  private readonly variables = { ...process.env };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it is
  private readonly exit = process.exit;
  private isOver = false;

  constructor({ projectConfig }: JestEnvironmentConfig) {
    this.fakeTimersModern = new FakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup(): Promise<void> {
    // The rest is done by the constructor.
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- jest's interface
  async teardown(): Promise<void> {
    this.isOver = true;
    this.fakeTimersModern?.dispose();
    this.fakeTimersModern = null;
    process.exit = this.exit;
    for (const name of Object.keys(process.env))
      if (!(name in this.variables)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, this.variables);
    this.restoreGlobals();
  }

  exportConditions(): string[] {
    return ['node', 'node-addons'];
  }

  /** What jest asks whether modules can still be loaded. */
  getVmContext(): typeof globalThis | null {
    return this.isOver ? null : globalThis;
  }

  private restoreGlobals(): void {
    for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
      if (STATE_OF_JEST.test(symbol.description ?? '')) Reflect.deleteProperty(globalThis, symbol);
    }
    for (const [name, before] of Object.entries(this.globals)) {
      const now = Object.getOwnPropertyDescriptor(globalThis, name);
      const isChanged = 'value' in before && before.configurable && now?.value !== before.value;
      if (isChanged) Object.defineProperty(globalThis, name, before);
    }
  }
}
