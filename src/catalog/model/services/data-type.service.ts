import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { isAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { idempotentRequest } from '../../../platform/idempotent-request';
import type { DataType, DataTypeDefinition } from '../domain/data-type';
import { type DataTypeDraft, toDefinition } from '../domain/data-type-draft';
import { type DataTypeCreation, DataTypeRepository } from '../domain/interfaces/data-type.repository';
import { SourceDatabase } from '../domain/interfaces/source-database';

/** Lists and administers data types. Their tables and columns must exist in the database. */
@Injectable()
export class DataTypeService {
  constructor(
    private readonly dataTypes: DataTypeRepository,
    private readonly source: SourceDatabase,
  ) {}

  /**
   * Sorted by name. Only administrators see data types that are inactive or have no table with an
   * owner.
   */
  async list(caller: UserPrincipal): Promise<DataType[]> {
    const all = await this.dataTypes.list();
    return all.filter((dataType) => isVisible(dataType, caller));
  }

  /** @throws DomainError not-found, also for a malformed id */
  async get(id: string, caller: UserPrincipal): Promise<DataType> {
    const found = await this.find(id);
    if (!isVisible(found, caller)) throw notFound();
    return found;
  }

  /** @throws DomainError invalid | conflict | mismatch | gone */
  async create(draft: DataTypeDraft, by: UserPrincipal, idempotencyKey: string | null): Promise<DataTypeCreation> {
    const idempotency =
      idempotencyKey === null ? null : idempotentRequest(by, idempotencyKey, 'data-type', JSON.stringify(draft));
    return this.dataTypes.create(await this.check(draft, await this.dataTypes.list()), by, idempotency);
  }

  /** @throws DomainError not-found | invalid | conflict */
  async replace(id: string, draft: DataTypeDraft, by: UserPrincipal): Promise<DataType> {
    await this.find(id);
    const others = (await this.dataTypes.list()).filter((dataType) => dataType.id !== id);
    const replaced = await this.dataTypes.replace(id, await this.check(draft, others), by);
    if (!replaced) throw notFound();
    return replaced;
  }

  /** @throws DomainError not-found */
  async delete(id: string, by: UserPrincipal): Promise<void> {
    if (!isUUID(id) || !(await this.dataTypes.delete(id, by))) throw notFound();
  }

  private async find(id: string): Promise<DataType> {
    const found = isUUID(id) ? await this.dataTypes.find(id) : null;
    if (!found) throw notFound();
    return found;
  }

  private async check(draft: DataTypeDraft, others: readonly DataType[]): Promise<DataTypeDefinition> {
    return toDefinition(draft, await this.source.preview((view) => view.tables(draft.tables)), others);
  }
}

function isVisible({ isActive, owners }: DataType, caller: UserPrincipal): boolean {
  return isAdmin(caller) || (isActive && Object.keys(owners).length > 0);
}

function notFound(): DomainError {
  return DomainError.notFound('Data type');
}
