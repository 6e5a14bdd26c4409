// @ts-check

/** @typedef {import('../../dev/service/client.mjs').ExportRecord} ExportRecord */

/** From the first one's request to the last one's end, by the service's clock. @param {ExportRecord[]} records */
export const spanOf = (records) => Math.max(...records.map(endOf)) - Math.min(...records.map(startOf));

/** @param {ExportRecord} record */
const startOf = ({ created_at }) => Date.parse(created_at);

/** @param {ExportRecord} record */
function endOf({ status, error, completed_at }) {
  if (status !== 'completed') throw new Error(`An export ended as ${status}: ${error}`);
  return Date.parse(completed_at ?? '');
}
