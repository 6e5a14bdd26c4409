import { css } from 'lit';

/** Colours follow the `color-scheme` of the page; every one can be replaced by a custom property. */
export const styles = css`
  :host {
    --accent: var(--export-button-accent, light-dark(#1d5fd1, #7aa7ff));
    --on-accent: var(--export-button-on-accent, light-dark(#fff, #0b1220));
    --surface: var(--export-button-surface, light-dark(#fff, #1b2130));
    --hover: var(--export-button-hover, light-dark(#eef3fc, #283044));
    --text: var(--export-button-text, light-dark(#1a2233, #e8ecf5));
    --muted: var(--export-button-muted, light-dark(#566178, #a3aec4));
    --border: var(--export-button-border, light-dark(#d5dbe7, #394358));
    --danger: var(--export-button-danger, light-dark(#b3261e, #ff9d94));
    --success: var(--export-button-success, light-dark(#1b7a43, #6fd69a));
    --radius: var(--export-button-radius, 8px);
    display: inline-block;
    font: 500 15px / 1.4 var(--export-button-font, system-ui, sans-serif);
  }
  :host([hidden]) {
    display: none;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  * {
    box-sizing: border-box;
  }
  button,
  a {
    font: inherit;
    cursor: pointer;
  }
  svg {
    flex: none;
    width: 1.2em;
    height: 1.2em;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }

  .main {
    position: relative;
    display: inline-flex;
    align-items: center;
    gap: 0.5em;
    min-height: 40px;
    max-width: 100%;
    padding: 0.4em 0.9em;
    overflow: hidden;
    border: 1px solid transparent;
    border-radius: var(--radius);
    background: var(--accent);
    color: var(--on-accent);
    transition: filter 120ms;
  }
  .main:hover {
    filter: brightness(1.08);
  }
  .main:disabled {
    opacity: 0.55;
    cursor: not-allowed;
  }
  .main > * {
    position: relative;
  }
  .fill {
    position: absolute;
    inset: auto 0 0;
    height: 4px;
    background: currentColor;
    opacity: 0.75;
    transform: scaleX(0);
    transform-origin: left;
    transition: transform 300ms;
  }
  .chevron {
    margin-inline-start: 0.1em;
    transition: transform 120ms;
  }
  [aria-expanded='true'] .chevron {
    transform: rotate(180deg);
  }

  .panel {
    position: fixed;
    inset: auto;
    width: min(20rem, calc(100vw - 16px));
    margin: 0;
    padding: 6px;
    border: 1px solid var(--border);
    border-radius: calc(var(--radius) + 4px);
    background: var(--surface);
    color: var(--text);
    box-shadow: 0 10px 30px rgb(10 20 45 / 0.2);
    overflow: auto;
    max-height: calc(100vh - 16px);
  }
  .item {
    display: flex;
    align-items: center;
    gap: 12px;
    width: 100%;
    padding: 8px 10px;
    border: 0;
    border-radius: var(--radius);
    background: none;
    color: inherit;
    text-align: start;
  }
  .item:hover,
  .item:focus {
    background: var(--hover);
  }
  .item:focus-visible {
    outline-offset: -2px;
  }
  .item[aria-disabled='true'] {
    cursor: not-allowed;
  }
  [aria-disabled='true'] .badge,
  [aria-disabled='true'] .name {
    opacity: 0.6;
  }
  .badge {
    flex: none;
    min-width: 3.6em;
    padding: 0.35em 0.4em;
    border-radius: calc(var(--radius) - 3px);
    background: color-mix(in srgb, var(--accent) 14%, transparent);
    color: color-mix(in srgb, var(--accent) 65%, var(--text));
    font-size: 11px;
    font-weight: 700;
    letter-spacing: 0.04em;
    text-align: center;
    text-transform: uppercase;
  }
  .name {
    display: block;
  }
  .facts,
  .text {
    display: block;
    color: var(--muted);
    font-size: 13px;
    font-weight: 400;
  }

  .status {
    display: grid;
    gap: 10px;
    padding: 8px;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 10px;
  }
  .title {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .close {
    display: grid;
    place-items: center;
    width: 28px;
    height: 28px;
    padding: 0;
    border: 0;
    border-radius: var(--radius);
    background: none;
    color: var(--muted);
  }
  .close:hover {
    background: var(--hover);
  }
  .track {
    height: 6px;
    overflow: hidden;
    border-radius: 3px;
    background: var(--border);
  }
  .bar {
    height: 100%;
    border-radius: 3px;
    background: var(--accent);
    transform: scaleX(0);
    transform-origin: left;
    transition: transform 300ms;
  }
  .unknown .bar {
    width: 30%;
    transform: none;
    animation: slide 1.4s ease-in-out infinite;
  }
  @keyframes slide {
    from {
      translate: -100%;
    }
    to {
      translate: 340%;
    }
  }
  .message {
    margin: 0;
    font-weight: 400;
  }
  .message.failed {
    color: var(--danger);
  }
  .message.done {
    color: var(--success);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
  }
  .action {
    min-height: 34px;
    padding: 0.25em 0.8em;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    background: none;
    color: inherit;
  }
  .action:hover {
    background: var(--hover);
  }
  .action.primary {
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
  }
  .spin {
    animation: spin 1s linear infinite;
  }
  @keyframes spin {
    to {
      rotate: 1turn;
    }
  }
  .announcer {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation-duration: 6s !important;
    }
    .spin {
      animation: none !important;
    }
  }
`;
