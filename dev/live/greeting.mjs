// @ts-check
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where links lead by default. */
const usualUrl = 'http://localhost:8000';

/**
 * What to try, once everything runs.
 * @param {object} found
 * @param {string} found.url
 * @param {string | undefined} found.consoleLink
 * @param {string} found.queueUrl
 * @param {string} found.folder
 * @param {string} found.user
 * @param {string} found.token
 * @param {import('../service/client.mjs').Session | undefined} found.session
 */
export function greeting({ url, consoleLink, queueUrl, folder, user, token, session }) {
  // In a file, so that the lines to paste are short and the token stays out of the shell's history.
  const header = join(folder, 'authorization');
  writeFileSync(header, `Authorization: Bearer ${token}\n`, { mode: 0o600 });
  const curl = `curl -sS -H @${quoted(header)}`;
  const again = `npm run -s console-link -- --sub ${user} --role admin${url === usualUrl ? '' : ` --url ${url}`}`;
  const consoleLines = consoleLink
    ? `  Console        signed in as \`${user}\`, an administrator; once, within ten minutes (another link: ${again})
${consoleLink}

`
    : '';
  return `
  API docs       ${url}/api/docs
  Queue console  ${queueUrl}
  Health         ${url}/health/ready
${consoleLines}  Token          of the user \`${user}\`, 30 days (others: npm run -s token -- --sub <user id>)
${token}

Paste these:

${curl} '${url}/api/v1/solo/sessions/'
${curl} -H 'Content-Type: application/json' -d '{"format":"pdf"}' '${url}/api/v1/solo/sessions/${session?.id}/export/'
${curl} '${url}/api/v1/exports/?status=completed&limit=1'

The last one answers with \`file_url\`: open it in a browser. Changes in src/ are compiled and loaded at once;
after a change of prisma/ start it again. Data stays in ${folder}. Ctrl-C stops everything.
`;
}

/** @param {string} path */
const quoted = (path) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);
