import { CustomerProgram, usageFor } from './customer';
import { CustomerProgramModule } from './customer/customer-program.module';
import { programOf, runProgram } from './platform/program/run-program';

/** `npm run customer`: creates external systems, rotates their secrets, enables, disables and lists them. */
void runProgram(usageFor, programOf(CustomerProgramModule, CustomerProgram));
