import { version } from '../../../package.json';

/** The version of this service. */
export const SERVICE_VERSION: string = version;
