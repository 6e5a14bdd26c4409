import type {
  Attempt,
  AttemptRepository,
  FreeSlot,
} from '../../src/production/model/domain/interfaces/attempt.repository';
import type { MaintenanceRepository } from '../../src/production/model/domain/interfaces/maintenance.repository';

/** For tests that are not about shares: an account may run any number of exports. */
export const UNLIMITED: FreeSlot = { limit: 1, mayExceed: true, mayBeLarge: true };

/**
 * Starts an attempt at the export, which has to be the next one. One whose worker is silent is taken from it first.
 * @returns `null` when no export may start
 */
export async function claimExport(
  { attempts, maintenance }: { readonly attempts: AttemptRepository; readonly maintenance: MaintenanceRepository },
  exportId: string,
): Promise<Attempt | null> {
  await maintenance.requeueStalled();
  const attempt = await attempts.claimNext(UNLIMITED);
  if (attempt && attempt.export.id !== exportId) throw new Error(`${attempt.export.id} was next, not ${exportId}`);
  return attempt;
}
