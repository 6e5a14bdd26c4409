import type { UserPrincipal } from '../../../../platform/auth/principal';
import type { IdempotentRequest } from '../../../../platform/idempotent-request';
import type { DataType, DataTypeDefinition, SensitiveColumn } from '../data-type';

export interface DataTypeCreation {
  readonly dataType: DataType;
  /** False if an earlier request with the same idempotency key created it. */
  readonly isNew: boolean;
}

/** Stores data types. Every change writes its audit entry in the same transaction. */
export abstract class DataTypeRepository {
  /** Sorted by name. */
  abstract list(): Promise<DataType[]>;

  abstract find(id: string): Promise<DataType | null>;

  /**
   * @throws DomainError conflict if the name is taken | mismatch | gone if the data type of an
   * earlier request was deleted
   */
  abstract create(
    definition: DataTypeDefinition,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
  ): Promise<DataTypeCreation>;

  /**
   * @returns `null` if it does not exist
   * @throws DomainError conflict if the name is taken
   */
  abstract replace(id: string, definition: DataTypeDefinition, by: UserPrincipal): Promise<DataType | null>;

  /** @returns whether it existed */
  abstract delete(id: string, by: UserPrincipal): Promise<boolean>;

  abstract sensitiveColumns(): Promise<SensitiveColumn[]>;
}
