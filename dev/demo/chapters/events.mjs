// @ts-check
import { holdEventsFor } from '../../seed/platform.mjs';
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
    const [organizerId] = await holdEventsFor(stage.databaseUrl, partner.id);
    const organiser = await stage.signIn(organizerId ?? '');
    const [event] = await organiser.events();
    if (!event) throw new Error('The sample platform has no event.');
    const wish = (
      /** @type {typeof organiser} */ client,
      /** @type {string} */ subject,
      /** @type {string} */ format,
    ) => ({
      subject,
      format,
      request: () => client.requestResults(event.id, format),
    });
    const outcomes = await Promise.all([
      exportAll(
        formats.map((format) => wish(organiser, 'results', format)),
        organiser,
        stage,
      ),
      exportAll([wish(partner.client, 'partner-results', 'csv')], partner.client, stage),
    ]);
    return outcomes.flat();
  },
};
