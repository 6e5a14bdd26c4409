import { Injectable } from '@nestjs/common';
import { jsonLine, printable } from '../../platform/program/program-output';
import type { OperatorProgram } from '../../platform/program/run-program';
import type { Customer } from '../model/domain/customer';
import { CustomerAdministration, type CustomerWithSecret } from '../model/services/customer-administration';
import { type CustomerCommand, readCommand } from './customer-command';

/** The program `npm run customer`: runs a command and formats the output. */
@Injectable()
export class CustomerProgram implements OperatorProgram {
  constructor(private readonly customers: CustomerAdministration) {}

  /**
   * @param args after the name of the program
   * @returns what to print
   * @throws UsageError for an invalid command line | DomainError not-found
   */
  async run(args: readonly string[]): Promise<string> {
    const command = readCommand(args);
    switch (command.name) {
      case 'create':
        return formatWithSecret(await this.customers.create(command.customerName, command.tenantId), command);
      case 'rotate':
        return formatWithSecret(await this.customers.rotate(command.id, command.graceSeconds), command);
      case 'disable':
        return formatActivation(await this.customers.setActive(command.id, false), command);
      case 'enable':
        return formatActivation(await this.customers.setActive(command.id, true), command);
      case 'list':
        return formatList(await this.customers.list(), command);
    }
  }
}

function formatWithSecret({ customer, secret }: CustomerWithSecret, { json }: CustomerCommand): string {
  if (json) return jsonLine({ ...toPublicFields(customer), secret });
  const { previousSecret, isActive } = customer;
  return [
    `Name    ${printable(customer.name)}`,
    `Id      ${customer.id}`,
    `Secret  ${secret}`,
    '',
    'The secret will not be shown again: store it now.',
    ...(previousSecret ? [`The previous secret is valid until ${previousSecret.endsAt.toISOString()}.`] : []),
    ...(isActive ? [] : ['The customer is disabled: the secret works once it is enabled.']),
    '',
  ].join('\n');
}

function formatActivation(
  { customer, isChanged }: { readonly customer: Customer; readonly isChanged: boolean },
  { json }: CustomerCommand,
): string {
  if (json) return jsonLine(toPublicFields(customer));
  const state = customer.isActive ? 'enabled' : 'disabled';
  return `${printable(customer.name)} (${customer.id}) is ${state}${isChanged ? '' : ' already'}.\n`;
}

function formatList(customers: readonly Customer[], { json }: CustomerCommand): string {
  if (json) return jsonLine(customers.map(toPublicFields));
  if (customers.length === 0) return 'There are no customers yet: create one with `create --name <name>`.\n';
  return customers
    .map(({ id, isActive, tenantId, name, previousSecret }) => {
      const state = isActive ? 'active  ' : 'disabled';
      const previous = previousSecret ? `, previous secret until ${previousSecret.endsAt.toISOString()}` : '';
      return `${id}  ${state}  ${printable(name)}${tenantId === null ? '' : ` (${printable(tenantId)})`}${previous}\n`;
    })
    .join('');
}

/** Without hashes. */
function toPublicFields(customer: Customer) {
  return {
    id: customer.id,
    name: customer.name,
    tenant_id: customer.tenantId,
    active: customer.isActive,
    former_secret_ends_at: customer.previousSecret?.endsAt.toISOString() ?? null,
    created_at: customer.createdAt.toISOString(),
  };
}
