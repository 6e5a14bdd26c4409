// @ts-check
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { administrator, payYesterday } from '../../seed/platform.mjs';
import { exportAll } from '../exports.mjs';

/**
 * @typedef {import('../../service/client.mjs').ExportRecord} ExportRecord
 * @typedef {import('../../service/client.mjs').Schedule} Schedule
 * @typedef {import('../mail.mjs').Mail} Mail
 */

const subject = 'daily_transactions';

/** Delivers a schedule of the platform by mail, and runs it at once. @type {import('../show.mjs').Chapter} */
export const schedules = {
  title: 'A nightly schedule: yesterday’s transactions, announced by mail',
  subject: 'schedule',
  unit: 'rows',
  async play(stage) {
    const client = await stage.signIn(administrator, '--role', 'admin');
    const kept = await client.schedules();
    for (const schedule of kept) console.log(`  ${describe(schedule)}`);
    const daily = kept.find(({ name }) => name === subject);
    if (!daily) throw new Error(`The sample platform has no schedule ${subject}.`);
    const count = await payYesterday(stage.databaseUrl);
    const mailed = await client.replaceSchedule(daily.id, byMail(daily));
    console.log(`  ${describe(mailed)} It runs now as well.`);

    /** @type {ExportRecord | undefined} */
    let made;
    const request = async () => (made = await client.runSchedule(daily.id));
    const [outcome] = await exportAll([{ subject, format: daily.format, count, request }], client, stage);
    if (!made || !outcome) throw new Error('The schedule was not run.');
    if (outcome.problem) return [outcome];
    const { id } = made;
    try {
      const mail = await stage.mail.mailOfWhich(({ text }) => text.includes(id));
      writeFileSync(join(stage.output, `${subject}.eml`), mail.raw);
      const link = await followLink(mail, (await client.status(id)).record);
      return [{ ...outcome, remark: 'the link in its mail gives the same bytes', notes: showMail(mail, link) }];
    } catch (error) {
      return [{ ...outcome, problem: `its mail: ${error instanceof Error ? error.message : String(error)}` }];
    }
  },
};

/** @param {Schedule} schedule */
function describe({ name, cron, timezone, destination, next_run_at, paused_reason }) {
  const where = destination ? `to ${destination}` : 'by mail';
  const when = paused_reason ?? `It runs next at ${next_run_at}.`;
  return `${name} (${cron}, ${timezone}) goes ${where}. ${when}`;
}

/** The same schedule, brought another way. @param {Schedule} schedule */
function byMail({ name, tables, columns, filters, format, frequency, cron, timezone }) {
  return {
    name,
    tables,
    columns,
    filters,
    format,
    frequency,
    cron,
    timezone,
    delivery_method: 'email',
    language: 'en',
  };
}

/**
 * Downloads the file with the link in a mail.
 * @param {Mail} mail
 * @param {ExportRecord} record
 */
async function followLink({ text }, { id, sha256 }) {
  const link = text.match(/https?:\/\/\S+/g)?.find((candidate) => candidate.includes(id));
  if (!link) throw new Error('it has no link');
  const response = await fetch(link);
  const hash = createHash('sha256').update(Buffer.from(await response.arrayBuffer()));
  if (!response.ok) throw new Error(`its link: ${response.status}`);
  if (hash.digest('hex') !== sha256) throw new Error('the file behind its link has another SHA-256 than the record');
  return link;
}

/** What signs the link is for its reader alone. @param {Mail} mail @param {string} link */
function showMail({ from, to, subject: line, text }, link) {
  const facts = text.split(/\r?\n/).filter((fact) => /^(File|Content|Size|Available until): /.test(fact));
  const head = [`From: ${from}`, `To: ${to}`, `Subject: ${line}`];
  return [...head, ...facts, `${link.split('?')[0]}?…`].map((shown) => `  ${shown}`);
}
