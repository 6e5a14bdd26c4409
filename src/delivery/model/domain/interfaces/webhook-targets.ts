/** Which address is called, and what messages to it are signed with. */
export interface WebhookInput {
  readonly url: string;
  /** Made here where it is left out. */
  readonly secret?: string;
}

/** Plans what is sent to a webhook. */
export abstract class WebhookTargets {
  /**
   * Checks the address and seals the secret.
   * @param field under which a refusal names it
   * @throws DomainError invalid
   */
  abstract plan(
    wish: WebhookInput,
    field: string,
  ): Promise<{
    readonly target: Readonly<Record<string, unknown>>;
    /** Made here where none was given; shown once. */
    readonly secret: string;
  }>;
}
