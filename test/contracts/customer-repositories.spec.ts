import { createFakeCustomers, createPrismaCustomers } from '../support/customers-under-test';
import { describeCustomerRepositories } from './customer-repositories.contract';

describeCustomerRepositories('PrismaCustomerRepository and PrismaFailureRepository', createPrismaCustomers);
describeCustomerRepositories('FakeCustomerRepository and FakeFailureRepository', createFakeCustomers);
