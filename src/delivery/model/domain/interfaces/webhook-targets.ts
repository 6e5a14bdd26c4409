/** Plans what is sent to a webhook. */
export abstract class WebhookTargets {
  /**
   * Checks the address and seals the secret.
   * @param field under which a refusal names it
   * @throws DomainError invalid
   */
  abstract plan(
    wish: { readonly url: string; readonly secret?: string },
    field: string,
  ): Promise<{
    readonly target: Readonly<Record<string, unknown>>;
    /** Made here where none was given; shown once. */
    readonly secret: string;
  }>;
}
