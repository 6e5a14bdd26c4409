// @ts-check
// A link that opens the console signed in: it works once, within ten minutes.
// npm run -s console-link -- --sub <user id> [--role admin] … [--url http://localhost:8000]
import { randomUUID } from 'node:crypto';
import { ensureInstalled } from './install.mjs';
import { personUsage, readPerson, signFor } from './person-arguments.mjs';
import { fail } from './process.mjs';

const usage = `Usage: npm run -s console-link -- ${personUsage} [--url http://localhost:8000]`;
const validSeconds = 600;
const maxHours = 12;

try {
  await ensureInstalled();
  const { further, ...person } = await readPerson(usage, ['url']);
  if (person.hours > maxHours) throw new Error(`A session has ${maxHours} hours at most: give a smaller --hours.`);
  const claims = { jti: randomUUID(), session_hours: person.hours };
  const code = await signFor(person, { type: 'console-sign-in', seconds: validSeconds, claims });
  console.log(`${toServiceUrl(further.url ?? 'http://localhost:8000')}/console/#/sign-in/${code}`);
} catch (error) {
  fail(error);
}

/** @param {string} text @returns {string} without a trailing slash */
function toServiceUrl(text) {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw new Error('--url must begin with http:// or https://.');
  return text.replace(/\/+$/, '');
}
