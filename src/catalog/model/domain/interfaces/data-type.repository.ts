import type { Caller } from '../../../../platform/auth/caller';
import type { DataType, DataTypeDefinition, SensitiveColumn } from '../data-type';

/** The catalog as it is administered. Every change writes its audit entry in the same transaction. */
export abstract class DataTypeRepository {
  /** By name. */
  abstract list(): Promise<DataType[]>;

  abstract find(id: string): Promise<DataType | null>;

  /** @throws DomainError conflict when the name is taken */
  abstract create(definition: DataTypeDefinition, by: Caller): Promise<DataType>;

  /**
   * @returns `null` when it does not exist
   * @throws DomainError conflict when the name is taken
   */
  abstract replace(id: string, definition: DataTypeDefinition, by: Caller): Promise<DataType | null>;

  /** @returns whether it existed */
  abstract delete(id: string, by: Caller): Promise<boolean>;

  abstract sensitiveColumns(): Promise<SensitiveColumn[]>;
}
