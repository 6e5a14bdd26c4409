import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { ADMIN_ROLE } from '../../../platform/auth/admin';
import type { Person } from '../../../platform/auth/principal';
import { isMailAddress } from '../../../platform/mail/mail-address';
import { PrismaService } from '../../../platform/database/prisma.service';
import { AddressBook, type AddressedPerson, type Addressee } from './address-book';

/** Reads the platform's table of users, which need not contain every user with a token. */
@Injectable()
export class PrismaAddressBook extends AddressBook {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async find({ userId, tenantId }: Person): Promise<Addressee | null> {
    if (!isUUID(userId)) return null;
    const select = { email: true, locale: true };
    const found = await this.prisma.user.findFirst({ where: { id: userId, tenantId }, select });
    return found && { email: isMailAddress(found.email) ? found.email : null, locale: found.locale };
  }

  override async administratorsOf({ userId, tenantId }: Person, limit: number): Promise<AddressedPerson[]> {
    const found = await this.prisma.user.findMany({
      where: { tenantId, isActive: true, roles: { has: ADMIN_ROLE }, ...(isUUID(userId) && { id: { not: userId } }) },
      select: { email: true, locale: true },
      orderBy: { createdAt: 'asc' },
      take: limit,
    });
    return found.filter(({ email }) => isMailAddress(email));
  }
}
