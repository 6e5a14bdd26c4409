import createOpenApiClient, { type Client } from 'openapi-fetch';
import { toError } from './errors.js';
import type { paths } from './generated/openapi.js';
import { type ClientOptions, Transport } from './transport.js';

/** A typed `fetch` for every route of the API. */
export type OpenApiClient = Client<paths>;

/** What the parts of the client send their requests with. */
export class Api {
  readonly transport: Transport;
  readonly client: OpenApiClient;

  constructor(options: ClientOptions) {
    this.transport = new Transport(options);
    this.client = createOpenApiClient<paths>({ baseUrl: this.transport.url(''), fetch: this.transport.send });
  }

  /** The path of a route, or of its twin for external systems, which has the same parameters and responses. */
  path<Path extends keyof paths>(path: Path): Path {
    return this.transport.isCustomer ? (path.replace('/api/v1/', '/api/v1/customer/') as Path) : path;
  }
}

/**
 * The body of a successful response to a request of `client.api`.
 * @throws ExportServiceError
 */
export async function unwrap<Data>(
  result: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Exclude<Data, undefined>> {
  const { data, error, response } = await result;
  if (!response.ok) throw toError(response, error);
  return data as Exclude<Data, undefined>;
}
