import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describePreviewLog } from './preview-log.contract';

describePreviewLog('PrismaPreviewLog', createPrismaRecords);
describePreviewLog('FakePreviewLog', createFakeRecords);
