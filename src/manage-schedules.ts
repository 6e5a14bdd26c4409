import { programOf, runProgram } from './platform/program/run-program';
import { ScheduleProgram, ScheduleProgramModule, usageFor } from './scheduled-export/schedule-program.module';

/** `npm run schedules`: lists everybody's schedules, pauses, resumes and deletes them. */
void runProgram(usageFor, programOf(ScheduleProgramModule, ScheduleProgram));
