// @ts-check
// The issuer and the audience are those of JWT_ISSUER and JWT_AUDIENCE, where the environment has them.
// npm run -s token -- --sub <user id> [--role admin] [--tenant <id>] [--email <address>] [--locale uk] [--hours 12]
import { ensureInstalled } from './install.mjs';
import { fail } from './process.mjs';

const usage =
  'Usage: npm run -s token -- --sub <user id> [--role admin] [--tenant <id>] [--email <address>] [--locale uk] [--hours 12]';

try {
  await ensureInstalled();
  const { subject, roles, tenant, email, locale, hours } = await readArguments();
  const { SignJWT } = await import('jose');
  const { developmentSecrets } = await import('./secrets.mjs');
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audiences = '' } = process.env;
  const [audience] = audiences.split(',').map((one) => one.trim());
  const token = await new SignJWT({
    roles,
    ...(tenant && { tenant_id: tenant }),
    ...(email && { email }),
    ...(locale && { locale }),
    ...(issuer && { iss: issuer }),
    ...(audience && { aud: audience }),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000 + hours * 3600))
    .sign(new TextEncoder().encode(developmentSecrets().JWT_SECRET));
  console.log(token);
} catch (error) {
  fail(error);
}

async function readArguments() {
  const { parseArgs } = await import('node:util');
  const { values } = parseArgs({
    options: {
      sub: { type: 'string' },
      role: { type: 'string', multiple: true, default: [] },
      tenant: { type: 'string' },
      email: { type: 'string' },
      locale: { type: 'string' },
      hours: { type: 'string', default: '12' },
    },
  });
  const hours = Number(values.hours);
  if (!values.sub || !(hours > 0)) throw new Error(usage);
  const { sub: subject, role: roles, tenant, email, locale } = values;
  return { subject, roles, tenant, email, locale, hours };
}
