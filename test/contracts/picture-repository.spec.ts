import { createFakeRecords, createPrismaRecords } from '../support/records-under-test';
import { describePictureRepository } from './picture-repository.contract';

describePictureRepository('PrismaPictureRepository', createPrismaRecords);
describePictureRepository('FakePictureRepository', createFakeRecords);
