import { applyDecorators, Injectable, type Type } from '@nestjs/common';
import { getSchemaPath } from '@nestjs/swagger';
import type { CustomerPrincipal, UserPrincipal } from '../../platform/auth/principal';
import { namedSchema } from '../../platform/http/open-api-components';
import type { EstimateInput } from '../../export';

const METADATA = 'export-body';

interface BodyTraits {
  /** The field that every such body has, and no other. */
  readonly field: string;
  /** Validated like the body of a route. The controller of the module lists it among its extra models. */
  readonly body: Type<object>;
  /** Whether external systems may send it. */
  readonly isForCustomers: boolean;
}

/** A body that names everything an export needs, so that one route can estimate every kind of export. */
export abstract class ExportBody {
  get traits(): BodyTraits {
    return Reflect.getMetadata(METADATA, this.constructor) as BodyTraits;
  }

  /**
   * Checks that the caller has a right to the export.
   * @param caller a user, if the body is not for customers
   * @param body an instance of the class of the body
   * @throws DomainError
   */
  abstract authorize(caller: UserPrincipal | CustomerPrincipal, body: object): Promise<EstimateInput>;
}

const forUsers: { $ref: string }[] = [];
const forCustomers: { $ref: string }[] = [];

/** The bodies of estimates in the API description. */
export const ESTIMATE_BODIES = {
  users: namedSchema('ExportEstimateRequest', { description: 'The body of an export of any kind', anyOf: forUsers }),
  customers: namedSchema('CustomerExportEstimateRequest', {
    description: 'The body of an export of any kind that external systems have',
    anyOf: forCustomers,
  }),
};

/** Makes a class an `ExportBody`. The application finds it when a module provides it. */
export function ExportBodyProvider(traits: BodyTraits): ClassDecorator {
  const reference = { $ref: getSchemaPath(traits.body) };
  for (const list of traits.isForCustomers ? [forUsers, forCustomers] : [forUsers]) {
    list.push(reference);
    list.sort((one, other) => (one.$ref < other.$ref ? -1 : 1));
  }
  return applyDecorators(Injectable(), (type: object) => {
    Reflect.defineMetadata(METADATA, traits, type);
  });
}
