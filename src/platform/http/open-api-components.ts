import { type ApiResponseSchemaHost, type DocumentBuilder, getSchemaPath } from '@nestjs/swagger';

type Schema = Extract<ApiResponseSchemaHost['schema'], { readonly type?: unknown }>;
type SecurityScheme = Parameters<DocumentBuilder['addSecurity']>[1];

const schemas = new Map<string, Schema>();
const securitySchemes = new Map<string, SecurityScheme>();

/**
 * Adds a schema that no class describes to the OpenAPI document: a union, or an object whose keys are data. It replaces the
 * schema of a class of the same name.
 * @returns the reference to it
 */
export function namedSchema(name: string, schema: Schema): { readonly $ref: string } {
  schemas.set(name, schema);
  return { $ref: getSchemaPath(name) };
}

/**
 * Adds a way to authenticate to the OpenAPI document.
 * @returns its name, for `ApiSecurity`
 */
export function securityScheme(name: string, scheme: SecurityScheme): string {
  securitySchemes.set(name, scheme);
  return name;
}

/** Everything that was added, by name. */
export function openApiComponents() {
  return {
    schemas: Object.fromEntries(schemas),
    securitySchemes: Object.fromEntries(securitySchemes),
  };
}
