import { Module } from '@nestjs/common';
import { Config } from '../platform/config/config';
import { PrismaService } from '../platform/database/prisma.service';
import { CustomerProgram } from './api/customer-program';
import { PrismaCustomerRepository } from './infrastructure/customer.repository.prisma';
import { CustomerRepository } from './model/domain/interfaces/customer.repository';
import { CustomerAdministration } from './model/services/customer-administration';

/** What the operator's program needs: a database, and nothing else of the service. */
@Module({
  providers: [
    {
      provide: PrismaService,
      useFactory: () => new PrismaService(Config.databaseUrlOfProcess(), 'export-service-customer'),
    },
    { provide: CustomerRepository, useClass: PrismaCustomerRepository },
    CustomerAdministration,
    CustomerProgram,
  ],
})
export class CustomerProgramModule {}
