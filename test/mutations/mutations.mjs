// @ts-check
// What `npm run mutate` breaks, one at a time. Each has to be caught by one of the tests that it names.
import { access } from './access.mjs';
import { attempts } from './attempts.mjs';
import { boards } from './boards.mjs';
import { deliveries } from './deliveries.mjs';
import { downloads } from './downloads.mjs';
import { files } from './files.mjs';
import { formats } from './formats.mjs';
import { limits } from './limits.mjs';
import { parts } from './parts.mjs';
import { schedules } from './schedules.mjs';
import { secrets } from './secrets.mjs';

export const mutations = [
  ...attempts,
  ...access,
  ...limits,
  ...formats,
  ...boards,
  ...files,
  ...parts,
  ...downloads,
  ...deliveries,
  ...schedules,
  ...secrets,
];
