import { ExportButton } from './export-button';

// Two scripts of one page may load the file.
if (!customElements.get('export-button')) customElements.define('export-button', ExportButton);

export { ExportButton };
