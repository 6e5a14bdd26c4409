import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describeExportRepository } from './export-repository.contract';

describeExportRepository('PrismaExportRepository', createPrismaRecords);
describeExportRepository('FakeExportRepository', createFakeRecords);
