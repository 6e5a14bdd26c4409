import { CustomerProgram, usageFor } from './customer';
import { CustomerProgramModule } from './customer/customer-program.module';
import { programOf, runProgram } from './platform/program/run-program';

/** `npm run customer`: makes external systems known, changes their secrets, keeps them out and lets them in. */
void runProgram(usageFor, programOf(CustomerProgramModule, CustomerProgram));
