import { describeError, newIdempotencyKey } from '@export-service/client';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { Estimates } from './estimates';
import { ExportTask, type TaskEnvironment, type TaskState } from './export-task';
import { chevronIcon } from './icons';
import { Panel } from './panel';
import { type ButtonSettings, checkSettings, parseJson, toList, toRequest } from './request';
import { createSavedExports, type SavedExports } from './saved-exports';
import { createServiceApi } from './service-api';
import { type ActionName, describeState, type StatusView } from './status-view';
import { styles } from './styles';
import { Texts } from './texts';
import { type TokenProvider, TokenSource } from './token-source';
import { iconOf, renderItem, renderStatus } from './view';

/** How long a page may take to set `token` after the element is there. */
const TOKEN_TIMEOUT_MS = 3_000;
/** A screen reader hears of progress in steps of so many percent. */
const ANNOUNCED_STEP = 25;

/**
 * `<export-button>`: exports boards, rows or the results of an event, and downloads the file.
 *
 * @fires export-started, export-completed, export-failed, token-request
 */
export class ExportButton extends LitElement implements ButtonSettings {
  static override styles = styles;
  static override properties = {
    api: {},
    board: {},
    boards: {},
    event: {},
    dataTypes: { attribute: 'data-types' },
    formats: {},
    filters: { converter: parseJson },
    columns: { converter: parseJson },
    options: { converter: parseJson },
    oneTime: { attribute: 'one-time' },
    label: {},
    lang: {},
    token: { attribute: false },
    isOpen: { state: true },
  };

  declare api: string;
  declare board: string;
  declare boards: string;
  declare event: string;
  declare dataTypes: string;
  declare formats: string;
  declare filters: object | null;
  declare columns: object | null;
  declare options: object | null;
  declare oneTime: string;
  declare label: string;
  declare lang: string;
  /** A token, or a function that gets one. It is called again when the service refuses the token. */
  declare token: TokenProvider | null;
  declare private isOpen: boolean;

  private readonly tokens = new TokenSource(() => this.requestToken());
  private readonly panel = new Panel(() => this.renderRoot.querySelector<HTMLElement>('.panel'));
  private task: ExportTask | undefined;
  private saved: SavedExports | undefined;
  private estimates: Estimates | undefined;
  private mistake: string | undefined;
  private texts = Texts.for();
  private countdown: ReturnType<typeof setInterval> | undefined;
  private hadFocus = false;
  private tokenIsSet: (() => void) | undefined;

  constructor() {
    super();
    // The service that served this script, unless the page names another one.
    this.api = new URL(import.meta.url).origin;
    this.board = this.boards = this.event = this.dataTypes = this.formats = this.oneTime = this.label = this.lang = '';
    this.filters = this.columns = this.options = this.token = null;
    this.isOpen = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('online', this.wake);
    document.addEventListener('pointerdown', this.closeOutside);
    // The element was moved within the page.
    if (this.hasUpdated) this.requestUpdate('api');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('online', this.wake);
    document.removeEventListener('pointerdown', this.closeOutside);
    this.isOpen = false;
    this.panel.hide();
    this.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.texts = Texts.for(
      this.lang,
      this.closest<HTMLElement>('[lang]:not([lang=""])')?.lang,
      document.documentElement.lang,
    );
    if (changed.has('token')) {
      this.tokens.renew();
      this.tokenIsSet?.();
      if (this.state.name === 'waiting') this.task?.wake();
    }
    if (SETTINGS.some((name) => changed.has(name))) this.connect();
    this.hadFocus = this.renderRoot.querySelector('.panel:focus-within') !== null;
  }

  protected override updated(): void {
    const percent = this.status?.percent;
    for (const bar of this.renderRoot.querySelectorAll<HTMLElement>('.bar, .fill')) {
      // Set by property: the policy of the page may forbid style attributes.
      bar.style.transform = percent == null ? '' : `scaleX(${percent / 100})`;
    }
    if (this.isOpen) this.panel.show(this.mainButton);
    else this.panel.hide();
    if (this.hadFocus && !this.shadowRoot?.activeElement) this.mainButton.focus();
    this.countDown();
  }

  protected override render(): TemplateResult {
    const { status, texts } = this;
    return html`
      <button
        class="main"
        part="button"
        type="button"
        aria-haspopup=${status ? nothing : 'menu'}
        aria-expanded=${this.isOpen}
        aria-controls="panel"
        ?disabled=${this.mistake !== undefined}
        title=${this.mistake ?? nothing}
        @click=${this.toggle}
        @keydown=${this.handleKey}
      >
        ${status?.tone === 'busy' ? html`<span class="fill"></span>` : nothing} ${iconOf(status)}
        <span>${this.renderLabel(status)}</span>
        ${chevronIcon}
      </button>
      <div
        id="panel"
        class="panel"
        part="panel"
        popover="manual"
        role=${status ? 'group' : 'menu'}
        aria-label=${texts.get(status ? 'export' : 'formats')}
        @keydown=${this.handleKey}
      >
        ${
          status
            ? renderStatus(status, this.format, texts, this.act)
            : this.formatList.map((format) => renderItem(format, this.estimates?.get(format), texts, this.choose))
        }
      </div>
      <div class="announcer" role="status">${describeForScreenReader(status, texts)}</div>
    `;
  }

  private renderLabel(status: StatusView | undefined): unknown {
    if (status?.tone === 'busy' && status.percent != null) return this.texts.percent(status.percent);
    if (status?.tone === 'busy') return status.text;
    return html`<slot>${this.label || this.texts.get('export')}</slot>`;
  }

  private get state(): TaskState {
    return this.task?.state ?? { name: 'idle' };
  }

  private get status(): StatusView | undefined {
    return describeState(this.state, Date.now(), this.texts);
  }

  private get format(): string {
    return 'format' in this.state ? this.state.format : '';
  }

  private get formatList(): string[] {
    return toList(
      this.formats || (this.board || this.boards ? 'png,pdf,json' : this.event ? 'xlsx,csv,pdf,json' : 'xlsx,csv,json'),
    );
  }

  private get mainButton(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('.main') as HTMLElement;
  }

  private get items(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.item')];
  }

  /** Begins with new settings: goes on with their export of an earlier load of the page, if there is one. */
  private connect(): void {
    this.disconnect();
    this.mistake = checkSettings(this);
    if (this.mistake !== undefined) {
      console.error(`<export-button>: ${this.mistake}`, this);
      return;
    }
    const baseUrl = this.api.replace(/(\/api(\/v1)?)?\/*$/, '');
    const api = createServiceApi({ baseUrl, tokens: this.tokens, toRequest: (format) => toRequest(this, format) });
    this.saved = createSavedExports([baseUrl, toRequest(this, ''), this.id]);
    const changed = (): void => {
      this.requestUpdate();
    };
    this.estimates = new Estimates((format) => api.estimate(format), changed, Date.now);
    this.task = new ExportTask({ api, saved: this.saved, ...this.browser(baseUrl) });
    this.task.resume();
  }

  private disconnect(): void {
    this.task?.stop();
    this.saved?.release();
    this.task = this.saved = this.estimates = undefined;
    clearInterval(this.countdown);
    this.countdown = undefined;
  }

  private browser(baseUrl: string): Omit<TaskEnvironment, 'api' | 'saved'> {
    return {
      open,
      isOnline: () => navigator.onLine,
      now: Date.now,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      newKey: newIdempotencyKey,
      changed: (state) => {
        if (NEEDS_THE_USER.some((name) => name === state.name)) this.isOpen = true;
        if (state.name === 'waiting' && state.cause === 'unreachable') warnOnce(baseUrl);
        this.requestUpdate();
      },
      notify: (name, detail) => {
        const message = 'error' in detail ? { message: describeError(detail.error, this.texts.locale) } : {};
        const event = { bubbles: true, composed: true, cancelable: true, detail: { ...detail, ...message } };
        return this.dispatchEvent(new CustomEvent(name, event));
      },
    };
  }

  private async requestToken(): Promise<string | null | undefined> {
    if (this.token === null) {
      let given: string | Promise<string> | undefined;
      const respond = (token: string | Promise<string>): void => {
        given = token;
      };
      this.dispatchEvent(new CustomEvent('token-request', { bubbles: true, composed: true, detail: { respond } }));
      if (given !== undefined) return given;
      await new Promise<void>((resolve) => {
        this.tokenIsSet = resolve;
        setTimeout(resolve, TOKEN_TIMEOUT_MS);
      });
    }
    return typeof this.token === 'function' ? this.token() : this.token;
  }

  private readonly choose = (format: string): void => {
    this.mainButton.focus();
    this.task?.start(format);
  };

  private readonly act = (action: ActionName | 'close'): void => {
    if (action === 'close') this.close();
    else this.task?.[action]();
    // The menu: it is what "export again" asks for.
    if (action === 'reset') void this.open('first');
  };

  private readonly wake = (): void => {
    this.task?.wake();
  };

  private readonly toggle = (): void => {
    if (this.isOpen) this.close();
    else void this.open('first');
  };

  private async open(focused: 'first' | 'last'): Promise<void> {
    this.isOpen = true;
    if (this.state.name !== 'idle') return;
    void this.estimates?.refresh(this.formatList);
    await this.updateComplete;
    this.items.at(focused === 'first' ? 0 : -1)?.focus();
  }

  private close(): void {
    this.dismiss();
    this.mainButton.focus();
  }

  /** What has ended was seen: the button offers the formats again. */
  private dismiss(): void {
    this.isOpen = false;
    if (ENDED.some((name) => name === this.state.name)) this.task?.reset();
  }

  private readonly closeOutside = (event: Event): void => {
    if (this.isOpen && !event.composedPath().includes(this)) this.dismiss();
  };

  private readonly handleKey = (event: KeyboardEvent): void => {
    const { key } = event;
    const { items } = this;
    const current = items.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    if (key === 'Escape' && this.isOpen) this.close();
    else if (this.state.name !== 'idle') return;
    else if (!this.isOpen && (key === 'ArrowDown' || key === 'ArrowUp')) {
      void this.open(key === 'ArrowDown' ? 'first' : 'last');
    } else if (key === 'ArrowDown') items[(current + 1) % items.length]?.focus();
    else if (key === 'ArrowUp') items.at(current <= 0 ? -1 : current - 1)?.focus();
    else if (key === 'Home') items[0]?.focus();
    else if (key === 'End') items.at(-1)?.focus();
    else {
      // The focus goes on from the button, and the key does what it always does.
      if (key === 'Tab' && current >= 0) this.close();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  private countDown(): void {
    const isCounting = this.state.name === 'waiting' && this.state.retryAt !== null;
    if (isCounting && this.countdown === undefined) {
      this.countdown = setInterval(() => {
        this.requestUpdate();
      }, 1000);
    } else if (!isCounting) {
      clearInterval(this.countdown);
      this.countdown = undefined;
    }
  }
}

const SETTINGS = ['api', 'board', 'boards', 'event', 'dataTypes', 'filters', 'columns', 'options', 'oneTime'];
const ENDED: readonly TaskState['name'][] = ['done', 'cancelled', 'failed'];
const NEEDS_THE_USER: readonly TaskState['name'][] = ['ready', 'failed'];

function describeForScreenReader(status: StatusView | undefined, texts: Texts): string {
  if (!status) return '';
  const { text, percent, tone, detail } = status;
  if (tone === 'done') return [text, detail].filter(Boolean).join(' ');
  const reached = Math.floor((percent ?? 0) / ANNOUNCED_STEP) * ANNOUNCED_STEP;
  return reached > 0 ? texts.get('percent', { percent: texts.percent(reached) }) : text;
}

/** Has the browser download a signed link: its answer is an attachment, so the page stays. */
function open(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.rel = 'noreferrer';
  link.click();
}

const warned = new Set<string>();

function warnOnce(baseUrl: string): void {
  if (warned.has(baseUrl)) return;
  warned.add(baseUrl);
  console.warn(
    `<export-button>: ${baseUrl} cannot be reached. If it is running, add ${location.origin} to its CORS_ORIGINS, ` +
      'and its origin to connect-src in the Content-Security-Policy of this page.',
  );
}
