import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describeScheduleRepository } from './schedule-repository.contract';

describeScheduleRepository('PrismaScheduleRepository', createPrismaRecords);
describeScheduleRepository('FakeScheduleRepository', createFakeRecords);
