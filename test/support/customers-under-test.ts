import { FakeCustomerRepository } from '../fakes/customer.repository.fake';
import { FakeFailureRepository } from '../fakes/failure.repository.fake';
import { FakeRecords } from '../fakes/fake-records';
import { PrismaCustomerRepository } from '../../src/customer/infrastructure/customer.repository.prisma';
import { PrismaFailureRepository } from '../../src/customer/infrastructure/failure.repository.prisma';
import type { CustomerRepository } from '../../src/customer/model/domain/interfaces/customer.repository';
import type { FailureRepository } from '../../src/customer/model/domain/interfaces/failure.repository';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { createTestDatabase } from './test-database';

/** The repositories of external systems, on a database or as fakes, with access to what they stored. */
export interface CustomersUnderTest {
  readonly customers: CustomerRepository;
  readonly failures: FailureRepository;
  /** Advances the time by moving stored times into the past. */
  advance(seconds: number): Promise<void>;
  /** The audit entries of the external system, oldest first. */
  auditOf(customerId: string): Promise<{ readonly action: string; readonly details: unknown }[]>;
  end(): Promise<void>;
}

export type CreateCustomers = () => Promise<CustomersUnderTest>;

export function createFakeCustomers(): Promise<CustomersUnderTest> {
  const records = new FakeRecords();
  return Promise.resolve({
    customers: new FakeCustomerRepository(records),
    failures: new FakeFailureRepository(records),
    advance: (seconds) => {
      records.clock.advance(seconds);
      return Promise.resolve();
    },
    auditOf: (id) =>
      Promise.resolve(
        records.auditLog
          .filter(({ customerId }) => customerId === id)
          .map(({ action, details = {} }) => ({ action, details })),
      ),
    end: () => Promise.resolve(),
  });
}

export async function createPrismaCustomers(): Promise<CustomersUnderTest> {
  const database = await createTestDatabase();
  const prisma = new PrismaService(database.url, 'customers-under-test');
  return {
    customers: new PrismaCustomerRepository(prisma),
    failures: new PrismaFailureRepository(prisma),
    advance: async (seconds) => {
      await prisma.$executeRaw`
        UPDATE customers SET former_secret_ends_at = former_secret_ends_at - make_interval(secs => ${seconds})`;
      await prisma.$executeRaw`
        UPDATE customer_failures SET started_at = started_at - make_interval(secs => ${seconds})`;
      await prisma.$executeRaw`
        UPDATE audit_aggregates SET written_at = written_at - make_interval(secs => ${seconds})`;
    },
    auditOf: (customerId) =>
      prisma.auditEntry.findMany({
        where: { customerId },
        select: { action: true, details: true },
        orderBy: { id: 'asc' },
      }),
    end: async () => {
      await prisma.$disconnect();
      await database.drop();
    },
  };
}
