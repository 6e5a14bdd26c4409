import { Module } from '@nestjs/common';
import { CustomerGuard } from './api/customer.guard';
import { PrismaCustomerRepository } from './infrastructure/customer.repository.prisma';
import { CustomerRepository } from './model/domain/interfaces/customer.repository';
import { CustomerService } from './model/services/customer.service';

/** Who the external systems are. It has no routes of its own: others guard theirs by its door. */
@Module({
  providers: [{ provide: CustomerRepository, useClass: PrismaCustomerRepository }, CustomerService, CustomerGuard],
  exports: [CustomerService, CustomerGuard],
})
export class CustomerModule {}
