import { getToken } from '../token.js';

for (const button of document.querySelectorAll('export-button')) button.token = getToken;
