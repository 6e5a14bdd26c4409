import { Module } from '@nestjs/common';
import { CustomerGuard } from './api/customer.guard';
import { PrismaCustomerRepository } from './infrastructure/customer.repository.prisma';
import { PrismaFailureRepository } from './infrastructure/failure.repository.prisma';
import { CustomerRepository } from './model/domain/interfaces/customer.repository';
import { FailureRepository } from './model/domain/interfaces/failure.repository';
import { CustomerService } from './model/services/customer.service';
import { FailureLimit } from './model/services/failure-limit';

/** Authenticates external systems. It has no routes: other modules use its `@ForCustomers()`. */
@Module({
  providers: [
    { provide: CustomerRepository, useClass: PrismaCustomerRepository },
    { provide: FailureRepository, useClass: PrismaFailureRepository },
    FailureLimit,
    CustomerService,
    CustomerGuard,
  ],
  exports: [CustomerService, CustomerGuard],
})
export class CustomerModule {}
