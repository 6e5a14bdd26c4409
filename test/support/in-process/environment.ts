import type { JestEnvironmentConfig } from '@jest/environment';
import WorkerEnvironment from '../../runner/environment';
import { type HostedApplication, startApplication } from './application-host';
import { launchChromium } from './chromium';

/** The environment of a worker, from which a test file can start the service in the process of the tests, and a browser. */
export default class InProcessEnvironment extends WorkerEnvironment {
  private readonly running = new Set<HostedApplication>();

  constructor(config: JestEnvironmentConfig) {
    super(config);
    this.global.launchChromiumOutside = launchChromium;
    this.global.startHostedApplication = async (environment, onLine) => {
      const application = await startApplication(environment, onLine);
      this.running.add(application);
      const close = async () => {
        this.running.delete(application);
        await application.close();
      };
      return { ...application, close };
    };
  }

  /** Closes what the file left running, such as one whose `beforeAll` failed: no application outlives its test file. */
  override async teardown(): Promise<void> {
    await Promise.all([...this.running].map((application) => application.close()));
    await super.teardown();
  }
}
