import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describeRetentionRepository } from './retention-repository.contract';

describeRetentionRepository('PrismaRetentionRepository', createPrismaRecords);
describeRetentionRepository('FakeRetentionRepository', createFakeRecords);
