import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describeMaintenanceRepository } from './maintenance-repository.contract';

describeMaintenanceRepository('PrismaMaintenanceRepository', createPrismaRecords);
describeMaintenanceRepository('FakeMaintenanceRepository', createFakeRecords);
