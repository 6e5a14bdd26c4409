import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OperationId, OperationInfix, OperationNames } from './operation-id';

class Things {
  @OperationId('listThings')
  @Get()
  list(): void {
    // Only its name matters.
  }

  @OperationId('getThing', 'getThingFile')
  @Get([':id', 'files/:id'])
  get(): void {
    // Only its name matters.
  }

  @Get('unnamed')
  unnamed(): void {
    // Only its name matters.
  }
}

@Controller('things')
class ThingsController extends Things {}

@OperationInfix('Partner')
@Controller('partner/things')
class PartnerThingsController extends Things {}

@Module({ controllers: [ThingsController, PartnerThingsController] })
class ThingsModule {}

describe('OperationNames', () => {
  let app: INestApplication;
  let names: OperationNames;

  beforeAll(async () => {
    app = await NestFactory.create(ThingsModule, { preview: true, logger: false });
    names = new OperationNames(app);
  });

  afterAll(() => app.close());

  it.each([
    ['ThingsController.list', '/api/things', 'listThings'],
    ['ThingsController.get', '/api/things/{id}', 'getThing'],
    ['ThingsController.get', '/api/things/files/{id}', 'getThingFile'],
    ['PartnerThingsController.list', '/api/partner/things', 'listPartnerThings'],
    ['PartnerThingsController.get', '/api/partner/things/files/{id}', 'getPartnerThingFile'],
  ])('names %s at %s', (key, path, name) => {
    expect(names.find(key, path)).toBe(name);
  });

  it('rejects a route without a name', () => {
    expect(() => names.find('ThingsController.unnamed', '/api/things/unnamed')).toThrow(/has no @OperationId/);
  });
});

describe('The operation ids of the published API', () => {
  const { paths } = JSON.parse(readFileSync(join(__dirname, '../../../docs/openapi.json'), 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const names = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));

  it('are unique method names', () => {
    expect(names.filter((name) => !/^[a-z][A-Za-z]+$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});
