/** The public API of the module. Other modules import nothing else. */
export { CustomerModule } from './customer.module';
export { CurrentCustomer, ForCustomers } from './api/customer.guard';
export { CustomerProgram } from './api/customer-program';
export { usageFor } from './api/customer-command';
