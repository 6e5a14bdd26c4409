import { createFakeCustomers, createPrismaCustomers } from '../support/customers-under-test';
import { describeCustomerRepositories } from './customer-repositories.contract';

describeCustomerRepositories('The repositories of customers in PostgreSQL', createPrismaCustomers);
describeCustomerRepositories('The fake repositories of customers', createFakeCustomers);
