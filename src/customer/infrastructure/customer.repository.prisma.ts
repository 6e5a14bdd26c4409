import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../platform/prisma/prisma.service';
import type { Customer } from '../model/domain/customer';
import { CustomerRepository } from '../model/domain/interfaces/customer.repository';

@Injectable()
export class PrismaCustomerRepository extends CustomerRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async find(id: string): Promise<Customer | null> {
    const row = await this.prisma.customer.findUnique({ where: { id } });
    return row && { id: row.id, tenantId: row.tenantId, isActive: row.isActive, secretHash: row.secretHash };
  }
}
