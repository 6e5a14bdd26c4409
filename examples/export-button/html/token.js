// The page knows its user: it gets a token of the platform wherever it gets it for other requests.
for (const button of document.querySelectorAll('export-button')) {
  button.token = () => fetch('/token').then((response) => response.text());
}
