import { type ApiResponseSchemaHost, getSchemaPath } from '@nestjs/swagger';

type Schema = Extract<ApiResponseSchemaHost['schema'], { readonly type?: unknown }>;

const schemas = new Map<string, Schema>();

/**
 * Names a schema of the OpenAPI document that no class describes: a union, or an object whose keys are data. It takes the place of
 * a class of the same name.
 * @returns the reference to it
 */
export function namedSchema(name: string, schema: Schema): { readonly $ref: string } {
  schemas.set(name, schema);
  return { $ref: getSchemaPath(name) };
}

/** All that were named, by their names. */
export function namedSchemas(): Readonly<Record<string, Schema>> {
  return Object.fromEntries(schemas);
}
