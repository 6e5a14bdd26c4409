/** What clients rely on of an OpenAPI document, a line each, so that two documents can be compared. */
type Json = Readonly<Record<string, unknown>>;

const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'];
const DEEPEST = 12;

/** @returns lines such as `GET /api/v1/exports 200 application/json .results[].id: string (uuid), required` */
export function contractLines(document: Json): string[] {
  const lines: string[] = [];
  for (const [path, operations] of entries(document['paths'])) {
    for (const [method, operation] of entries(operations)) {
      if (METHODS.includes(method))
        lines.push(...operationLines(`${method.toUpperCase()} ${path}`, operation, document));
    }
  }
  return lines;
}

/** A breaking change: what is missing or different, and what requests require now. */
export function breakingChanges(frozen: Json, current: Json): string[] {
  const [before, now] = [new Set(contractLines(frozen)), new Set(contractLines(current))];
  const missing = [...before].filter((line) => !now.has(line)).map((line) => `missing: ${line}`);
  const demanded = [...now]
    .filter((line) => !before.has(line) && isDemand(line) && !isOfNewPlace(line, before))
    .map((line) => `demanded: ${line}`);
  return [...missing, ...demanded];
}

/** Requests of today must be enough tomorrow. */
function isDemand(line: string): boolean {
  // An item is there where its list is: the list may be left out or empty.
  return / (body|query|path|header) .*, required$/.test(line) && !/\[\]: [^:]*$/.test(line);
}

/** A member of a new object, or a parameter of a new operation. */
function isOfNewPlace(line: string, before: ReadonlySet<string>): boolean {
  const [method, path] = line.split(' ');
  if (!before.has(`${method} ${path}`)) return true;
  const [, place = '', member = ''] = /^(\S+ \S+ body \S+ )(\S*?)(?:\[\]|\.)[^.[\]]+:/.exec(line) ?? [];
  return member !== '' && ![...before].some((known) => known.startsWith(`${place}${member}:`));
}

function operationLines(operation: string, description: unknown, document: Json): string[] {
  const { parameters, requestBody, responses, security } = description as Json;
  const lines = [operation, `${operation} security ${JSON.stringify(security ?? document['security'] ?? [])}`];
  for (const parameter of (parameters as Json[] | undefined) ?? []) {
    const where = `${operation} ${String(parameter['in'])} ${String(parameter['name'])}`;
    lines.push(...schemaLines(where, parameter['schema'], document, parameter['required'] === true));
  }
  const { content, required } = resolve(requestBody, document);
  for (const [type, { schema }] of entries(content)) {
    lines.push(...schemaLines(`${operation} body ${type} `, schema, document, required === true));
  }
  for (const [status, response] of entries(responses)) {
    lines.push(`${operation} ${status}`);
    const { content: answers, headers } = resolve(response, document);
    for (const [type, { schema }] of entries(answers)) {
      lines.push(...schemaLines(`${operation} ${status} ${type} `, schema, document, true));
    }
    for (const [name] of entries(headers)) lines.push(`${operation} ${status} header ${name}`);
  }
  return lines;
}

function schemaLines(where: string, given: unknown, document: Json, isRequired: boolean, depth = 0): string[] {
  const schema = resolve(given, document);
  const { format, nullable, properties, items, required, oneOf, anyOf, allOf, additionalProperties } = schema;
  if (depth > DEEPEST) return [];
  const traits = [typeof format === 'string' && ` (${format})`, nullable === true && ' or null'];
  const types = [schema['type'] ?? 'any'].flat() as string[];
  const kind = `${types.join(' or ')}${traits.filter(Boolean).join('')}`;
  const lines = [`${where}: ${kind}, ${isRequired ? 'required' : 'optional'}`];
  for (const value of (schema['enum'] as unknown[] | undefined) ?? [])
    lines.push(`${where} = ${JSON.stringify(value)}`);
  const names = (required as string[] | undefined) ?? [];
  for (const [name, property] of entries(properties)) {
    lines.push(...schemaLines(`${where}.${name}`, property, document, names.includes(name), depth + 1));
  }
  if (items !== undefined) lines.push(...schemaLines(`${where}[]`, items, document, true, depth + 1));
  if (typeof additionalProperties === 'object') {
    lines.push(...schemaLines(`${where}.*`, additionalProperties, document, false, depth + 1));
  }
  for (const variants of [oneOf, anyOf, allOf]) {
    const list = ((variants as unknown[] | undefined) ?? []).map((variant) => resolve(variant, document));
    // A type that may be null can be written as one schema or as a choice.
    const isNullable = list.some(({ type }) => type === 'null');
    for (const variant of list) {
      lines.push(...schemaLines(where, variant, document, isRequired, depth + 1));
      if (!isNullable || typeof variant['type'] !== 'string' || variant['type'] === 'null') continue;
      const { type, ...rest } = variant;
      lines.push(...schemaLines(where, { ...rest, type: [type, 'null'] }, document, isRequired, depth + 1));
    }
  }
  return lines;
}

function resolve(given: unknown, document: Json): Json {
  const schema = (given ?? {}) as Json;
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  const found = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => (at as Json)[part], document);
  return resolve(found, document);
}

function entries(given: unknown): [string, Json][] {
  return Object.entries((given ?? {}) as Record<string, Json>);
}
