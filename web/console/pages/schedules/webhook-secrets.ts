/** Secrets of webhooks that the service generated, which it shows once: until the page is left or loaded again. */
const secrets = new Map<string, string>();

export function rememberSecret(scheduleId: string, secret: string): void {
  secrets.set(scheduleId, secret);
}

export function secretOf(scheduleId: string): string | undefined {
  return secrets.get(scheduleId);
}

export function forgetSecret(scheduleId: string): void {
  secrets.delete(scheduleId);
}
