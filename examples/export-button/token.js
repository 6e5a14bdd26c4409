/** The page knows its user: it gets the token of the platform as it does for its other requests. */
export async function getToken() {
  const response = await fetch('/token');
  return response.text();
}
