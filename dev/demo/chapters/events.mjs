// @ts-check
import pg from 'pg';
import { exportAll } from '../exports.mjs';

const formats = ['csv', 'xlsx', 'json', 'pdf'];

/**
 * The results of an event, for its organiser and for an external system: each file can be fetched once, and is fetched
 * twice. @type {import('../show.mjs').Chapter}
 */
export const events = {
  title: 'The results of an event, each file for one download',
  subject: 'event',
  unit: 'rows',
  async play(stage) {
    const partner = await stage.admitCustomer('Partner school');
    const { organizerId } = await holdEventFor(partner.id, stage.databaseUrl);
    const organiser = await stage.signIn(organizerId);

    const [event] = await partner.client.events();
    if (!event) throw new Error('The made-up platform has no event.');
    const wish = (
      /** @type {typeof organiser} */ client,
      /** @type {string} */ subject,
      /** @type {string} */ format,
    ) => ({
      subject,
      format,
      request: () => client.requestResults(event.id, format),
    });
    return [
      ...(await exportAll(
        formats.map((format) => wish(organiser, 'results', format)),
        organiser,
        stage,
      )),
      ...(await exportAll([wish(partner.client, 'partner-results', 'csv')], partner.client, stage)),
    ];
  },
};

/**
 * Of the made-up events the one that most take part in becomes the partner's.
 * @param {string} customerId
 * @param {string} databaseUrl
 * @returns {Promise<{ organizerId: string }>}
 */
async function holdEventFor(customerId, databaseUrl) {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const { rows } = await database.query(
      `UPDATE events SET customer_id = $1 WHERE id = (
         SELECT event_id FROM event_participants JOIN events ON events.id = event_id
         WHERE tenant_id IS NULL GROUP BY event_id ORDER BY count(*) DESC, event_id LIMIT 1)
       RETURNING organizer_id AS "organizerId"`,
      [customerId],
    );
    return rows[0];
  } finally {
    await database.end();
  }
}
