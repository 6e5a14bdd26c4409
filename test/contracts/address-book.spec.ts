import { PrismaAddressBook } from '../../src/delivery/channels/email/address-book.prisma';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const OWNER = '0199f3a2-7c1e-7d3a-9b62-1f0c5a6e8d11';

describe('PrismaAddressBook', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let sut: PrismaAddressBook;

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'address-book');
    sut = new PrismaAddressBook(prisma);
    const user = { name: 'A', tenantId: 'blue', roles: ['student', 'admin'], createdAt: new Date('2026-01-03') };
    await prisma.user.createMany({
      data: [
        { ...user, id: OWNER, email: 'owner@example.com' },
        { ...user, email: 'second@example.com', locale: 'uk' },
        { ...user, email: 'first@example.com', createdAt: new Date('2026-01-02') },
        { ...user, email: 'gone@example.com', isActive: false },
        { ...user, email: 'student@example.com', roles: ['student'] },
        { ...user, email: 'no address' },
        { ...user, email: 'red@example.com', tenantId: 'red' },
        { ...user, email: 'root@example.com', tenantId: null },
      ],
    });
  });

  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  const addressesOf = async (userId: string, tenantId: string | null, limit = 10) =>
    (await sut.administratorsOf({ userId, tenantId }, limit)).map(({ email }) => email);

  it('returns the other active administrators of a tenant with an email address, oldest first', async () => {
    expect(await addressesOf(OWNER, 'blue')).toEqual(['first@example.com', 'second@example.com']);
    expect(await addressesOf('no-uuid', 'blue', 1)).toEqual(['first@example.com']);
  });

  it('returns administrators without a tenant for a person without one', async () => {
    expect(await addressesOf(OWNER, null)).toEqual(['root@example.com']);
  });
});
