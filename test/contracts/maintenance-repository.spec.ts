import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describeMaintenanceRepository } from './maintenance-repository.contract';

describeMaintenanceRepository('PrismaUpkeepRepository', createPrismaRecords);
describeMaintenanceRepository('FakeMaintenanceRepository', createFakeRecords);
