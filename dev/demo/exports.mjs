// @ts-check
// What every chapter does: ask for exports, several at once, follow them, fetch the files and check them.
import { extname, join } from 'node:path';
import { download } from '../service/client.mjs';

/**
 * @typedef {import('../service/client.mjs').ApiClient} ApiClient
 * @typedef {import('../service/client.mjs').ExportRecord} ExportRecord
 *
 * @typedef {object} Wish one export
 * @property {string} subject what is exported
 * @property {string} format
 * @property {string} [bar] wishes of one name share a progress bar; the subject when left out
 * @property {number} [count] how many pages or rows there must be
 * @property {() => Promise<ExportRecord>} [request] asks for a file that is made in the background
 * @property {(path: string) => Promise<ExportRecord>} [fetch] or gets what comes in the answer itself
 *
 * @typedef {object} Outcome
 * @property {string} subject
 * @property {string} format
 * @property {number} [count] pages or rows
 * @property {number} [size] bytes
 * @property {number} [milliseconds] from start to end, by the service's clock
 * @property {string} remark
 * @property {string} [problem] why there is no good file
 * @property {string[]} [notes] what else there is to show of it, line by line
 */

/** Enough to keep the service busy; more would only wait, and ask for their status meanwhile. */
const barsAtOnce = 6;

/**
 * @param {Wish[]} wishes
 * @param {ApiClient} client
 * @param {import('./show.mjs').Stage} stage
 * @returns {Promise<Outcome[]>}
 */
export async function exportAll(wishes, client, { progress, output }) {
  const bars = [...new Set(wishes.map(barOf))];
  progress.expect(bars);
  const ofBars = await inLanes(barsAtOnce, bars, async (bar) => {
    const own = wishes.filter((wish) => barOf(wish) === bar);
    const tally = new Tally(own.length, (done, total) => progress.show(bar, done, total));
    const outcomes = await Promise.all(
      own.map((wish, index) => carryOut(wish, client, output, (record) => tally.note(index, record))),
    );
    progress.finished(bar, outcomes.map(({ format, problem }) => (problem ? `${format} FAILED` : format)).join(', '));
    return outcomes;
  });
  return ofBars.flat();
}

/**
 * Works on several items at a time, in their order.
 * @template Item, Result
 * @param {number} lanes
 * @param {Item[]} items
 * @param {(item: Item) => Promise<Result>} work
 * @returns {Promise<Result[]>} in the order of the items
 */
async function inLanes(lanes, items, work) {
  /** @type {Result[]} */
  const results = [];
  const waiting = items.entries();
  const lane = async () => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

/** @param {Wish} wish */
const barOf = ({ bar, subject }) => bar ?? subject;

/**
 * @param {Wish} wish
 * @param {ApiClient} client
 * @param {string} output
 * @param {(record: ExportRecord) => void} onChange
 * @returns {Promise<Outcome>}
 */
async function carryOut(wish, client, output, onChange) {
  const { subject, format } = wish;
  try {
    const record = await obtain(wish, client, output, onChange);
    const outcome = { subject, format, remark: remarkOn(record) };
    if (record.status !== 'completed') return { ...outcome, problem: `${record.status}: ${record.error}` };
    const count = record.record_count ?? record.page_count ?? undefined;
    if (wish.count !== undefined && count !== wish.count) {
      return { ...outcome, problem: `${count} instead of ${wish.count}` };
    }
    if (record.one_time) outcome.remark = await client.fetchAgain(record);
    return {
      ...outcome,
      count,
      size: record.file_size ?? undefined,
      milliseconds: Date.parse(record.completed_at ?? '') - Date.parse(record.started_at ?? ''),
    };
  } catch (error) {
    return { subject, format, remark: '', problem: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The export's record in the end, its file written where it was completed.
 * @param {Wish} wish
 * @param {ApiClient} client
 * @param {string} output
 * @param {(record: ExportRecord) => void} onChange
 */
async function obtain({ subject, format, request, fetch }, client, output, onChange) {
  if (fetch) {
    const record = await fetch(join(output, `${subject}.${format}`));
    onChange(record);
    return record;
  }
  if (!request) throw new Error('A wish is to be requested or to be fetched.');
  const created = await request();
  onChange(created);
  const record = await client.follow(created, onChange);
  if (record.status === 'completed') {
    await download(record, join(output, `${subject}${extname(record.file_name ?? '')}`));
  }
  return record;
}

/** @param {ExportRecord} record */
function remarkOn({ warnings }) {
  if (warnings.length === 0) return '';
  return warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
}

/** Adds up how far the exports of one subject are. */
class Tally {
  /** @type {{ done: number, total: number }[]} */
  #parts;
  #onChange;

  /** @param {number} length @param {(done: number, total: number) => void} onChange */
  constructor(length, onChange) {
    this.#parts = Array.from({ length }, () => ({ done: 0, total: 1 }));
    this.#onChange = onChange;
  }

  /** @param {number} index @param {ExportRecord} record */
  note(index, { status, progress }) {
    // An empty board has no pages, and its bar would never fill.
    const total = progress.total || 1;
    this.#parts[index] = { done: status === 'completed' ? total : Math.min(progress.done, total), total };
    const sumOf = (/** @type {'done' | 'total'} */ field) => this.#parts.reduce((sum, part) => sum + part[field], 0);
    this.#onChange(sumOf('done'), sumOf('total'));
  }
}
