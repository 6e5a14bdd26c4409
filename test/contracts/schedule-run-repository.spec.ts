import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describeScheduleRunRepository } from './schedule-run-repository.contract';

describeScheduleRunRepository('PrismaScheduleRunRepository', createPrismaRecords);
describeScheduleRunRepository('FakeScheduleRunRepository', createFakeRecords);
