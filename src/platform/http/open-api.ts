import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION = `Asks for files, follows how they come into being, and fetches them.

Every path works with and without the \`v1\` segment, and with and without a trailing slash. Refusals are RFC 9457 problem
details. While an export is unfinished its status says in \`Retry-After\` when to ask again.`;

/** The ways in which an external system proves itself, as routes name them. */
export const CUSTOMER_BASIC = 'customer';
export const CUSTOMER_ID_HEADER = 'customer-id';
export const CUSTOMER_SECRET_HEADER = 'customer-secret';

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
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addBasicAuth(
      { type: 'http', scheme: 'basic', description: 'An external system: its id and its secret' },
      CUSTOMER_BASIC,
    )
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Customer-Id' }, CUSTOMER_ID_HEADER)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Customer-Secret' }, CUSTOMER_SECRET_HEADER)
    .build();
  const document = SwaggerModule.createDocument(app, builder, {
    // A route that stands under several versions has its method's name numbered.
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '')}_${method.replace(/\[\d+\]$/, '')}`,
  });
  const versioned = Object.entries(document.paths).filter(([path]) => path.startsWith('/api/v1/'));
  const paths = Object.fromEntries(versioned);
  numberNamesakes(paths);
  return { ...document, paths };
}

/** A method that stands at two paths is two operations, and no two operations of a document may have one id. */
function numberNamesakes(paths: OpenAPIObject['paths']): void {
  const uses = new Map<string, number>();
  const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
  for (const operation of Object.values(paths).flatMap((path) => methods.map((method) => path[method]))) {
    if (operation?.operationId === undefined) continue;
    const use = (uses.get(operation.operationId) ?? 0) + 1;
    uses.set(operation.operationId, use);
    if (use > 1) operation.operationId += `_${use}`;
  }
}
