import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type CustomerPrincipal, isCustomer, type UserPrincipal } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { RequestValidationPipe } from '../../platform/http/validation.pipe';
import type { EstimateInput } from '../../export';
import { ExportBody } from './export-body';

/** The bodies of all modules that request exports. */
@Injectable()
export class ExportBodies implements OnModuleInit {
  private readonly bodies: ExportBody[] = [];
  private readonly pipe = new RequestValidationPipe();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error if two bodies have the same field */
  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders() as { readonly instance?: unknown }[]) {
      if (!(instance instanceof ExportBody)) continue;
      const { field } = instance.traits;
      if (this.bodies.some(({ traits }) => traits.field === field))
        throw new Error(`Two bodies have the field ${field}`);
      this.bodies.push(instance);
    }
  }

  /**
   * Reads the body of an export of any kind.
   * @throws DomainError
   */
  async authorize(caller: UserPrincipal | CustomerPrincipal, given: unknown): Promise<EstimateInput> {
    const offered = this.bodies.filter(({ traits }) => traits.isForCustomers || !isCustomer(caller));
    const found = offered.find(({ traits }) => isObject(given) && Object.hasOwn(given, traits.field));
    if (!found) {
      const fields = offered.map(({ traits }) => traits.field).sort();
      const message = 'is missing. It says what is exported: the body must be that of an export and have one of ';
      throw DomainError.invalidRequest({
        field: fields.join(' | '),
        message: message + fields.join(', '),
        code: 'required',
      });
    }
    const body = (await this.pipe.transform(given, { type: 'body', metatype: found.traits.body })) as object;
    return found.authorize(caller, body);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
