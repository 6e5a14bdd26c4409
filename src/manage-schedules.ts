import { programOf, runProgram } from './platform/program/run-program';
import { ScheduleProgram, ScheduleProgramModule, usageFor } from './scheduled-export/schedule-program.module';

/** `npm run schedules`: lists, pauses, resumes and deletes schedules of all owners. */
void runProgram(usageFor, programOf(ScheduleProgramModule, ScheduleProgram));
