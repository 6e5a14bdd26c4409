// @ts-check
// The issuer and the audience are those of JWT_ISSUER and JWT_AUDIENCE, where the environment has them.
// npm run -s token -- --sub <user id> [--role admin] [--tenant <id>] [--email <address>] [--locale uk] [--hours 12]
import { ensureInstalled } from './install.mjs';
import { personUsage, readPerson, signFor } from './person-arguments.mjs';
import { fail } from './process.mjs';

try {
  await ensureInstalled();
  const person = await readPerson(`Usage: npm run -s token -- ${personUsage}`);
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audiences = '' } = process.env;
  const [audience] = audiences.split(',').map((one) => one.trim());
  const claims = { ...(issuer && { iss: issuer }), ...(audience && { aud: audience }) };
  console.log(await signFor(person, { type: 'JWT', seconds: person.hours * 3600, claims }));
} catch (error) {
  fail(error);
}
