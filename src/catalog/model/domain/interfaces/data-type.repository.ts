import type { UserPrincipal } from '../../../../platform/auth/principal';
import type { IdempotentRequest } from '../../../../platform/idempotent-request';
import type { DataType, DataTypeDefinition, SensitiveColumn } from '../data-type';

export interface DataTypeCreation {
  readonly dataType: DataType;
  /** False when the same request, under its idempotency key, had made it before. */
  readonly isNew: boolean;
}

/** The catalog as it is administered. Every change writes its audit entry in the same transaction. */
export abstract class DataTypeRepository {
  /** By name. */
  abstract list(): Promise<DataType[]>;

  abstract find(id: string): Promise<DataType | null>;

  /** @throws DomainError conflict when the name is taken | mismatch | gone when what a repeat made was deleted */
  abstract create(
    definition: DataTypeDefinition,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
  ): Promise<DataTypeCreation>;

  /**
   * @returns `null` when it does not exist
   * @throws DomainError conflict when the name is taken
   */
  abstract replace(id: string, definition: DataTypeDefinition, by: UserPrincipal): Promise<DataType | null>;

  /** @returns whether it existed */
  abstract delete(id: string, by: UserPrincipal): Promise<boolean>;

  abstract sensitiveColumns(): Promise<SensitiveColumn[]>;
}
