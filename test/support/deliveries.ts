import { noteBoard } from './boards';
import type { Client } from './client';
import type { Installation } from './installation';
import { type WaitOptions, until } from './until';

/** A delivery as shown to the owner of its export. */
export interface DeliveryRecord {
  readonly id: string;
  readonly channel: string;
  readonly event: string;
  readonly to: string | null;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly error: string | null;
  readonly next_attempt_at: string | null;
}

/** Requests an export of a board with notifications. @returns its id */
export async function requestWithNotify(person: Client, notify: unknown, name = 'Algebra'): Promise<string> {
  const session = await person.saveBoard(noteBoard(), name);
  const response = await person.post(`/api/v1/solo/sessions/${session}/export`, { format: 'pdf', notify });
  if (response.status !== 201) throw new Error(`The export was not created: ${response.text}`);
  return response.body.id as string;
}

/** The deliveries of an export. */
export async function deliveriesOf(person: Client, id: string): Promise<DeliveryRecord[]> {
  const response = await person.get(`/api/v1/exports/${id}/deliveries`);
  if (response.status !== 200) throw new Error(`The deliveries were not returned: ${response.text}`);
  return response.body.results as DeliveryRecord[];
}

/** Waits until all deliveries of an export have ended. */
export function endedDeliveries(person: Client, id: string, options?: WaitOptions): Promise<DeliveryRecord[]> {
  return until(
    `all deliveries of ${id} have ended`,
    async () => {
      const deliveries = await deliveriesOf(person, id);
      return deliveries.length > 0 && deliveries.every(({ status }) => status !== 'pending') && deliveries;
    },
    options,
  );
}

/** Waits until an attempt at the only delivery of an export has failed. */
export function attemptFailed(
  person: Client,
  id: string,
  number: number,
  options?: WaitOptions,
): Promise<DeliveryRecord> {
  return until(
    `attempt ${number} has failed`,
    async () => {
      const [told] = await deliveriesOf(person, id);
      const waits = told?.next_attempt_at != null && Date.parse(told.next_attempt_at) > Date.now();
      return waits && told.attempts === number && told;
    },
    options,
  );
}

/** Makes all retries due. */
export async function endRetryDelays(installation: Installation): Promise<void> {
  await installation.sql(`UPDATE export_deliveries SET next_attempt_at = now() WHERE status = 'pending'`);
}
