// @ts-check
import progressBars from 'cli-progress';

const nameWidth = 22;
/** Lines of a terminal that are not ours to fill. */
const spareLines = 4;

/**
 * How far things are: a bar for each on a terminal, or one for all where there are more than lines; elsewhere a
 * line for each when it is done.
 */
export class ProgressDisplay {
  #unit;
  #bars = new progressBars.MultiBar(
    {
      format: `  {name} {bar} {value}/{total} {unit}`,
      barsize: 30,
      hideCursor: true,
      linewrap: false,
      stream: process.stdout,
      autopadding: true,
    },
    progressBars.Presets.shades_classic,
  );
  /** @type {Map<string, { done: number, total: number }>} */
  #states = new Map();
  /** @type {Map<string, import('cli-progress').SingleBar>} */
  #barOf = new Map();
  #single = false;
  #closed = false;

  /** @param {string} unit */
  constructor(unit) {
    this.#unit = unit;
  }

  /** All that will be shown, in its order. @param {string[]} names */
  expect(names) {
    this.#single = names.length > (process.stdout.rows ?? 0) - spareLines;
    for (const name of names) this.#states.set(name, { done: 0, total: 0 });
    if (!process.stdout.isTTY) return;
    for (const name of this.#single ? ['all'] : names) {
      const bar = this.#bars.create(1, 0, { name: name.padEnd(nameWidth), unit: this.#unit });
      this.#barOf.set(name, bar);
    }
  }

  /** @param {string} name @param {number} done @param {number} total */
  show(name, done, total) {
    this.#states.set(name, { done, total });
    if (this.#single) {
      const states = [...this.#states.values()];
      this.#move('all', sum(states.map((state) => state.done)), sum(states.map((state) => state.total)));
    } else {
      this.#move(name, done, total);
    }
  }

  /** @param {string} name @param {string} remark */
  finished(name, remark) {
    if (!process.stdout.isTTY && !this.#closed) console.log(`  ${name}: ${remark}`);
  }

  close() {
    this.#closed = true;
    this.#bars.stop();
  }

  /** @param {string} name @param {number} done @param {number} total */
  #move(name, done, total) {
    const bar = this.#barOf.get(name);
    if (!bar || this.#closed) return;
    bar.setTotal(Math.max(total, 1));
    bar.update(done);
  }
}

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
