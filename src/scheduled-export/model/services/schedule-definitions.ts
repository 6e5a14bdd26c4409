import { Injectable } from '@nestjs/common';
import { CatalogForScheduledExport } from '../../../catalog';
import { DeliveriesForScheduledExport } from '../../../delivery';
import { retentionError } from '../../../export';
import { isAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import { validateRecurrence } from '../domain/slots';
import { type Schedule, type ScheduleDefinition, nameError, type ScheduleInput } from '../domain/schedule';

export interface Defined {
  readonly definition: ScheduleDefinition;
  readonly webhookSecret: string | null;
}

/** Turns an input into a definition, or refuses it with every invalid field. */
@Injectable()
export class ScheduleDefinitions {
  constructor(
    private readonly catalog: CatalogForScheduledExport,
    private readonly deliveries: DeliveriesForScheduledExport,
    private readonly config: Config,
  ) {}

  /**
   * @param earlier the schedule to replace: secrets that are left out are kept
   * @throws DomainError invalid, naming every invalid field | forbidden
   */
  async define(caller: UserPrincipal, input: ScheduleInput, earlier: Schedule | null): Promise<Defined> {
    const errors: FieldError[] = [...this.ownErrors(input)];
    const { rule, errors: ofRecurrence } = validateRecurrence(caller, input.recurrence);
    errors.push(...ofRecurrence);
    const rows = { ...input.content, timezone: rule?.timeZone ?? 'UTC' };
    const granted = await gather(errors, () => this.catalog.check(caller, rows));
    const unfit = this.deliveries.findErrors(input.delivery);
    errors.push(...unfit);
    const planned =
      unfit.length > 0 ? null : await gather(errors, () => this.deliveries.plan(caller, input.delivery, earlier));
    if (errors.length > 0) throw DomainError.invalidRequest(...errors);
    if (!rule || !granted || !planned) throw new Error('An input was refused without a reason');
    const { name, content, delivery, retentionSeconds, isActive } = input;
    const definition = {
      name: name.trim(),
      content,
      granted,
      rule,
      delivery: planned.delivery,
      deliveries: planned.deliveries,
      notice: await this.deliveries.noticeTo(caller, planned.deliveries, delivery.language),
      retentionSeconds,
      asAdmin: isAdmin(caller),
      isActive,
    };
    return { definition, webhookSecret: planned.webhookSecret };
  }

  private ownErrors({ name, retentionSeconds }: ScheduleInput): FieldError[] {
    const errors: FieldError[] = [];
    const unfit = nameError(name);
    if (unfit !== null) errors.push({ field: 'name', message: unfit });
    const tooLong = retentionError(retentionSeconds, this.config.exports.retentionDays);
    return tooLong ? [...errors, tooLong] : errors;
  }
}

/** Runs a check and collects the fields that it refuses; `null` if it refused any. */
async function gather<Result>(errors: FieldError[], check: () => Promise<Result>): Promise<Result | null> {
  try {
    return await check();
  } catch (error) {
    const fields = error instanceof DomainError && error.kind === 'invalid' ? (error.details.fields ?? []) : [];
    if (fields.length === 0) throw error;
    errors.push(...fields);
    return null;
  }
}
