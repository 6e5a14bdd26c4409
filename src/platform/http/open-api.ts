import type { INestApplication } from '@nestjs/common';
import { openApiComponents } from './open-api-components';
import { OperationNames } from './operation-id';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION = `Asks for files, follows how they come into being, and fetches them.

Every path works with and without the \`v1\` segment, and with and without a trailing slash. Refusals are RFC 9457 problem
details, whose \`code\` is stable. While an export is unfinished its status says in \`Retry-After\` when to ask again.`;

/** As in package.json. */
const LICENSE = { name: 'UNLICENSED' };

/** Serves the description of the API at /api/openapi.json and a page to read and try it at /api/docs. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'api/openapi.json',
    yamlDocumentUrl: 'api/openapi.yaml',
    customSiteTitle: 'Export Service API',
  });
}

/** The OpenAPI 3.1 document, each path once, under its version. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Export Service')
    .setVersion('1')
    .setDescription(DESCRIPTION)
    .addServer('/', 'The service that serves this document')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  const document = SwaggerModule.createDocument(app, builder, {
    // Nest numbers the methods of routes that have several paths or versions.
    operationIdFactory: (controller, method) => OperationNames.key(controller, method.replace(/\[\d+\]$/, '')),
  });
  const versioned = Object.entries(document.paths).filter(([path]) => path.startsWith('/api/v1/'));
  const paths = Object.fromEntries(versioned);
  nameOperations(paths, new OperationNames(app));
  const added = openApiComponents();
  const schemas = { ...document.components?.schemas, ...added.schemas };
  const securitySchemes = { ...document.components?.securitySchemes, ...added.securitySchemes };
  const info = { ...document.info, license: LICENSE };
  // Nest adds an empty contact.
  delete info.contact;
  return { ...document, info, paths, components: { ...document.components, schemas, securitySchemes } };
}

/** Replaces the keys of the operations by their names. @throws Error for a route without a name */
function nameOperations(paths: OpenAPIObject['paths'], names: OperationNames): void {
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const operation = operations[method];
      if (operation) operation.operationId = names.find(operation.operationId ?? '', path);
    }
  }
}
