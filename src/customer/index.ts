/** The public API of the module: all that other modules may import. */
export { CustomerModule } from './customer.module';
export { CurrentCustomer, ForCustomers } from './api/for-customers.decorator';
export { CustomerProgram } from './api/customer-program';
export { usageFor } from './api/customer-command';
