import { SingleBar, type Options, type Params } from 'cli-progress';
import { formatBytes, formatCount } from './output.js';

export interface Progress {
  readonly done: number;
  /** Null while it is unknown. */
  readonly total: number | null;
  readonly unit: string | null;
}

const BAR_WIDTH = 30;

/** A line on a terminal that shows how far something is. */
export class ProgressBar {
  readonly #bar: SingleBar;
  #unit: string | null = null;
  #hasTotal = false;

  constructor(stream: NodeJS.WritableStream, label: string) {
    const format = (_options: Options, params: Params) => this.#format(label, params);
    this.#bar = new SingleBar({ stream, format, hideCursor: true });
    this.#bar.start(0, 0);
  }

  update({ done, total, unit }: Progress): void {
    this.#unit = unit;
    this.#hasTotal = total !== null;
    if (total !== null) this.#bar.setTotal(total);
    this.#bar.update(done);
  }

  /** Leaves the line as it is, and gives the cursor back. */
  stop(): void {
    this.#bar.stop();
  }

  #format(label: string, { value, total, progress, eta }: Params): string {
    if (!this.#hasTotal) return value === 0 ? `${label} …` : `${label} … ${this.#amount(value)}`;
    const filled = Math.round(progress * BAR_WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    const left = Number.isFinite(eta) && eta > 0 && value < total ? `  ${formatDuration(eta)} left` : '';
    return `${label} ${bar} ${Math.floor(progress * 100)} %  ${this.#amount(value, total)}${left}`;
  }

  #amount(done: number, total?: number): string {
    const format = this.#unit === 'bytes' ? formatBytes : formatCount;
    const unit = this.#unit === 'bytes' ? null : this.#unit;
    return [format(done), total === undefined ? null : `of ${format(total) ?? ''}`, unit].filter(Boolean).join(' ');
  }
}

/** Such as `1 min 5 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.max(0.1, Math.round(seconds * 10) / 10)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
