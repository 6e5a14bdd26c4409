/** The door of the module: what other modules may import, and nothing more. */
export { CustomerModule } from './customer.module';
export { CurrentCustomer, ForCustomers } from './api/for-customers.decorator';
export { CustomerProgram } from './api/customer-program';
export { usageFor } from './api/customer-command';
