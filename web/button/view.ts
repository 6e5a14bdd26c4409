import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { describeError } from '@export-service/client';
import type { Estimate, EstimateState } from './estimates';
import { busyIcon, closeIcon, doneIcon, downloadIcon, warningIcon } from './icons';
import type { ActionName, StatusView } from './status-view';
import type { Texts } from './texts';

/** A choice of the menu, with what is known about its file. */
export function renderItem(
  format: string,
  estimate: EstimateState | undefined,
  texts: Texts,
  choose: (format: string) => void,
): TemplateResult {
  const isRefused = estimate?.name === 'refused';
  const facts = describeEstimate(estimate, texts);
  return html`<button
    class="item"
    part="item"
    type="button"
    role="menuitem"
    tabindex="-1"
    aria-disabled=${isRefused}
    @click=${() => {
      if (!isRefused) choose(format);
    }}
  >
    ${renderBadge(format)}
    <span><span class="name">${texts.format(format)}</span>${facts && html`<span class="facts">${facts}</span>`}</span>
  </button>`;
}

function describeEstimate(state: EstimateState | undefined, texts: Texts): string {
  if (state === undefined) return '';
  if (state.name === 'pending') return texts.get('estimating');
  if (state.name === 'refused') return describeError(state.error, texts.locale);
  const facts = describeFacts(state.estimate, texts);
  return facts && texts.get('about', { facts });
}

function describeFacts(
  { unit, record_count: count, file_size: size, duration_seconds: seconds }: Estimate,
  texts: Texts,
) {
  return [
    ...(count === null ? [] : [texts.get(unit, { count })]),
    ...(size === null ? [] : [texts.size(size)]),
    ...(seconds === null ? [] : [texts.duration(seconds)]),
  ].join(' · ');
}

/** The panel of an export that is under way or has ended. */
export function renderStatus(
  view: StatusView,
  format: string,
  texts: Texts,
  act: (action: ActionName | 'close') => void,
): TemplateResult {
  const { tone, percent, text, detail, actions } = view;
  return html`<div class="status">
    <div class="head">
      ${renderBadge(format)}
      <span class="title">${texts.format(format)}</span>
      <button
        class="close"
        part="close"
        type="button"
        aria-label=${texts.get('close')}
        @click=${() => {
          act('close');
        }}
      >
        ${closeIcon}
      </button>
    </div>
    ${percent === undefined ? nothing : renderBar(percent, texts.get('progress', { format: texts.format(format) }))}
    <p class="message ${tone}" part="message">${text}</p>
    ${detail ? html`<span class="text">${detail}</span>` : nothing}
    ${keyed(
      actions.map(({ name }) => name).join(),
      html`<div class="actions">
        ${actions.map(
          ({ name, label, isPrimary }) =>
            html`<button
              class=${isPrimary ? 'action primary' : 'action'}
              part="action"
              type="button"
              @click=${() => {
                act(name);
              }}
            >
              ${texts.get(label)}
            </button>`,
        )}
      </div>`,
    )}
  </div>`;
}

function renderBar(percent: number | null, label: string): TemplateResult {
  return html`<div
    class=${percent === null ? 'track unknown' : 'track'}
    part="progress"
    role="progressbar"
    aria-label=${label}
    aria-valuenow=${percent ?? nothing}
  >
    <div class="bar" part="bar"></div>
  </div>`;
}

function renderBadge(format: string): TemplateResult {
  return html`<span class="badge" aria-hidden="true">${format}</span>`;
}

const ICONS = { busy: busyIcon, waiting: warningIcon, done: doneIcon, failed: warningIcon };

export function iconOf(view: StatusView | undefined): TemplateResult {
  return view ? ICONS[view.tone] : downloadIcon;
}
