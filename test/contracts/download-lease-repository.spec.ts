import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describeDownloadLeaseRepository } from './download-lease-repository.contract';

describeDownloadLeaseRepository('PrismaDownloadLeaseRepository', createPrismaRecords);
describeDownloadLeaseRepository('FakeDownloadLeaseRepository', createFakeRecords);
