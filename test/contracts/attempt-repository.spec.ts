import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describeAttemptRepository } from './attempt-repository.contract';

describeAttemptRepository('PrismaAttemptRepository', createPrismaRecords);
describeAttemptRepository('FakeAttemptRepository', createFakeRecords);
