import { CommandError, ExitCode } from './errors.js';

/** Ctrl-C: the first one lets a command tidy up, the second one leaves at once. */
export class Interruption {
  #controller: AbortController | undefined;

  /** @param leave ends the program with this exit code */
  constructor(process: Pick<NodeJS.Process, 'on'>, leave: (code: ExitCode) => void) {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (!this.#controller || this.#controller.signal.aborted) leave(ExitCode.Interrupted);
        this.#controller?.abort(new CommandError('Interrupted.', ExitCode.Interrupted));
      });
    }
  }

  /** From now on the first Ctrl-C only aborts this signal. */
  deferExit(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }
}
