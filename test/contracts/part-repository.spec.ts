import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describePartRepository } from './part-repository.contract';

describePartRepository('PrismaPartRepository', createPrismaRecords);
describePartRepository('FakePartRepository', createFakeRecords);
