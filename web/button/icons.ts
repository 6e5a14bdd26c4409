import { svg, html } from 'lit';

const icon = (path: ReturnType<typeof svg>, className = '') =>
  html`<svg viewBox="0 0 24 24" class=${className} aria-hidden="true">${path}</svg>`;

export const downloadIcon = icon(svg`<path d="M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 20h14" />`);
export const chevronIcon = icon(svg`<path d="m6 9 6 6 6-6" />`, 'chevron');
export const busyIcon = icon(svg`<path d="M12 3a9 9 0 1 0 9 9" />`, 'spin');
export const doneIcon = icon(svg`<path d="m5 12.5 4.5 4.5L19 7.5" />`);
export const warningIcon = icon(svg`<path d="M12 8v5m0 3.5v.01M12 3 2.5 20h19Z" />`);
export const closeIcon = icon(svg`<path d="m6 6 12 12M18 6 6 18" />`);
