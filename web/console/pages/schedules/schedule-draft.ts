import type { Schedule, ScheduleRequest } from '@export-service/client';
import {
  type Draft,
  type DraftProblem,
  emptyDraft,
  findProblem as findContentProblem,
  fromRequest,
  toSelection,
  UTC,
} from '../../export-editor/draft';
import { keep, kept } from '../../kept';
import {
  type DestinationDraft,
  EMPTY_DESTINATION,
  fromDestination,
  missingFields,
  toDelivery,
  withoutSecrets,
} from './destination';
import { DEFAULT_RECURRENCE, fromRecurrence, type RecurrenceDraft, toRecurrence } from './recurrence';

/** A schedule that a person puts together. */
export interface ScheduleDraft {
  readonly name: string;
  /** What is exported. Its time zone is that of the schedule. */
  readonly content: Draft;
  readonly recurrence: RecurrenceDraft;
  readonly destination: DestinationDraft;
  readonly isActive: boolean;
}

export type ScheduleProblem = DraftProblem | 'name-missing' | 'recurrence-unfinished' | 'destination-unfinished';

export function startDraft(isAdmin: boolean, timeZone: string): ScheduleDraft {
  return {
    name: '',
    content: emptyDraft({ scope: isAdmin ? 'tables' : 'own', isEverything: !isAdmin, timeZone }),
    recurrence: DEFAULT_RECURRENCE,
    destination: EMPTY_DESTINATION,
    isActive: true,
  };
}

export function fromSchedule(schedule: Schedule): ScheduleDraft {
  return {
    name: schedule.name,
    content: { ...fromRequest(schedule), timeZone: schedule.timezone },
    recurrence: fromRecurrence(schedule),
    destination: fromDestination(schedule),
    isActive: schedule.is_active,
  };
}

/** What keeps a draft from being saved, apart from what only the service can tell; in the order of the form. */
export function findProblems(draft: ScheduleDraft, tables: readonly string[]): ScheduleProblem[] {
  const content = findContentProblem(draft.content, tables);
  return [
    ...(draft.name.trim() === '' ? (['name-missing'] as const) : []),
    ...(content === undefined ? [] : [content]),
    ...(toRecurrence(draft.recurrence) === undefined ? (['recurrence-unfinished'] as const) : []),
    ...(missingFields(draft.destination).length > 0 ? (['destination-unfinished'] as const) : []),
  ];
}

/**
 * @param stored the schedule that is edited
 * @returns undefined while the recurrence is unfinished
 */
export function toScheduleRequest(
  draft: ScheduleDraft,
  tables: readonly string[],
  stored?: Schedule,
): ScheduleRequest | undefined {
  const recurrence = toRecurrence(draft.recurrence);
  if (recurrence === undefined) return undefined;
  const { content } = draft;
  const { format, filters, columns, options, ...subject } = toSelection({ ...content, timeZone: UTC }, tables);
  const retention = Number(content.retentionDays);
  return {
    name: draft.name.trim(),
    format,
    ...('tables' in subject ? { tables: subject.tables } : subject.data_types && { data_types: subject.data_types }),
    ...(filters && { filters }),
    ...(columns && { columns }),
    ...(options && { options: options }),
    ...recurrence,
    timezone: content.timeZone,
    ...toDelivery(draft.destination, stored),
    ...(content.retentionDays !== '' && { retention_days: retention }),
    is_active: draft.isActive,
  };
}

/** Keeps what was typed in the tab, so that a reload and a sign-in elsewhere lose nothing. Secrets are not kept. */
export class DraftStorage {
  private readonly entry: string;

  /**
   * @param user whose draft it is: the next one to sign in must not find it
   * @param schedule the one that is edited
   */
  constructor(
    private readonly user: string,
    private readonly schedule?: Schedule,
  ) {
    this.entry = `schedule-draft:${schedule?.id ?? 'new'}`;
  }

  /** @returns undefined where nothing is kept, or the schedule was changed since */
  load(): ScheduleDraft | undefined {
    try {
      const saved = JSON.parse(kept(this.entry, tab) ?? 'null') as SavedDraft | null;
      return saved?.user === this.user && saved.version === this.version ? saved.draft : undefined;
    } catch {
      return undefined;
    }
  }

  save(draft: ScheduleDraft): void {
    const saved: SavedDraft = {
      user: this.user,
      version: this.version,
      draft: { ...draft, destination: withoutSecrets(draft.destination) },
    };
    keep(this.entry, JSON.stringify(saved), tab);
  }

  clear(): void {
    keep(this.entry, undefined, tab);
  }

  private get version(): string {
    return this.schedule?.updated_at ?? '';
  }
}

interface SavedDraft {
  readonly user: string;
  readonly version: string;
  readonly draft: ScheduleDraft;
}

const tab = (): Storage => sessionStorage;
