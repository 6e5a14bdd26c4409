import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { recordAudit } from '../../platform/audit/audit-log';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import type { Customer } from '../model/domain/customer';
import { CustomerRepository, type NewCustomer } from '../model/domain/interfaces/customer.repository';

interface Row {
  readonly id: string;
  readonly tenant_id: string | null;
  readonly name: string;
  readonly is_active: boolean;
  readonly secret_hash: string;
  readonly former_secret_hash: string | null;
  readonly former_secret_ends_at: Date | null;
  readonly created_at: Date;
}

/**
 * The database's clock decides when a grace period ends, because the clocks of processes may
 * differ.
 */
const FIELDS = Prisma.sql`id, tenant_id, name, is_active, secret_hash, created_at, former_secret_ends_at,
  CASE WHEN former_secret_ends_at > now() THEN former_secret_hash END AS former_secret_hash`;

@Injectable()
export class PrismaCustomerRepository extends CustomerRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async find(id: string): Promise<Customer | null> {
    const [row] = await this.prisma.$queryRaw<Row[]>`SELECT ${FIELDS} FROM customers WHERE id = ${id}::uuid`;
    return row ? toCustomer(row) : null;
  }

  override async list(): Promise<Customer[]> {
    const rows = await this.prisma.$queryRaw<Row[]>`SELECT ${FIELDS} FROM customers ORDER BY created_at, id`;
    return rows.map(toCustomer);
  }

  override async create({ tenantId, name, secretHash }: NewCustomer): Promise<Customer> {
    const created = await this.change(
      Prisma.sql`INSERT INTO customers (id, tenant_id, name, secret_hash)
        VALUES (${uuidv7()}::uuid, ${tenantId}, ${name}, ${secretHash})`,
      'customer.created',
      { name },
    );
    if (!created) throw new Error('INSERT returned no row');
    return created;
  }

  override rotate(id: string, secretHash: string, graceSeconds: number): Promise<Customer | null> {
    const hasGrace = Prisma.sql`is_active AND ${graceSeconds}::int > 0`;
    return this.change(
      Prisma.sql`UPDATE customers SET secret_hash = ${secretHash}, updated_at = now(),
        former_secret_hash = CASE WHEN ${hasGrace} THEN secret_hash END,
        former_secret_ends_at = CASE WHEN ${hasGrace} THEN now() + make_interval(secs => ${graceSeconds}) END
        WHERE id = ${id}::uuid`,
      'customer.rotated',
      { grace_seconds: graceSeconds },
    );
  }

  override async setActive(id: string, isActive: boolean): Promise<{ customer: Customer; isChanged: boolean } | null> {
    const changed = await this.change(
      Prisma.sql`UPDATE customers SET is_active = ${isActive}, updated_at = now(),
        former_secret_hash = NULL, former_secret_ends_at = NULL
        WHERE id = ${id}::uuid AND is_active <> ${isActive}`,
      isActive ? 'customer.enabled' : 'customer.disabled',
    );
    const customer = changed ?? (await this.find(id));
    return customer && { customer, isChanged: changed !== null };
  }

  /** Runs a statement on one customer and writes it to the audit log. */
  private change(
    statement: Prisma.Sql,
    action: string,
    details?: Record<string, string | number>,
  ): Promise<Customer | null> {
    return this.prisma.$transaction(async (transaction) => {
      const [row] = await transaction.$queryRaw<Row[]>`${statement} RETURNING ${FIELDS}`;
      if (!row) return null;
      const customer = toCustomer(row);
      const { id: customerId, tenantId } = customer;
      await recordAudit(transaction, { action, userId: null, tenantId, customerId, details });
      return customer;
    });
  }
}

function toCustomer(row: Row): Customer {
  const { former_secret_hash: hash, former_secret_ends_at: endsAt } = row;
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    isActive: row.is_active,
    secretHash: row.secret_hash,
    previousSecret: hash !== null && endsAt !== null ? { hash, endsAt } : null,
    createdAt: row.created_at,
  };
}
