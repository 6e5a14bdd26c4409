import type { Config } from '../../platform/config/config';

const DENIED_FEATURES = [
  'camera',
  'microphone',
  'geolocation',
  'display-capture',
  'payment',
  'publickey-credentials-get',
  'usb',
  'serial',
  'hid',
  'midi',
  'accelerometer',
  'gyroscope',
  'magnetometer',
  'screen-wake-lock',
  'xr-spatial-tracking',
  'browsing-topics',
];

/** The headers of the console alone: its page runs its own scripts, and connects to the service and what is configured. */
export function consoleHeaders(config: Pick<Config, 'console' | 'storage'>): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(config),
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Permissions-Policy': DENIED_FEATURES.map((feature) => `${feature}=()`).join(', '),
  };
}

function contentSecurityPolicy({ console: { oidc }, storage }: Pick<Config, 'console' | 'storage'>): string {
  const publicStorage = storage.kind === 's3' ? originOf(storage.publicEndpoint) : [];
  const directives: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'blob:', 'data:', ...publicStorage],
    'connect-src': ["'self'", ...new Set([...originOf(oidc?.issuer), ...publicStorage])],
    'font-src': ["'self'"],
    'manifest-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    'require-trusted-types-for': ["'script'"],
    // What Vue and the export button make of their own templates.
    'trusted-types': ['vue', 'lit-html'],
  };
  return Object.entries(directives)
    .map(([name, values]) => [name, ...values].join(' '))
    .join('; ');
}

function originOf(url: string | undefined): string[] {
  return url === undefined ? [] : [new URL(url).origin];
}
