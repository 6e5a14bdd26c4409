import type { Request } from 'express';
import { isPrefetchOrLinkPreview } from './one-time-request';

function requestWith(headers: Readonly<Record<string, string>>): Request {
  return { get: (name: string) => headers[name] } as unknown as Request;
}

describe('isPrefetchOrLinkPreview', () => {
  it.each<Readonly<Record<string, string>>>([
    { 'Sec-Purpose': 'prefetch' },
    { 'Sec-Purpose': 'prefetch;prerender' },
    { 'Sec-Purpose': 'prefetch;anonymous-client-ip' },
    { Purpose: 'prefetch' },
    { 'X-Purpose': 'preview' },
    { 'X-Moz': 'prefetch' },
    { 'User-Agent': 'TelegramBot (like TwitterBot)' },
    { 'User-Agent': 'WhatsApp/2.23.20.0' },
    { 'User-Agent': 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)' },
    { 'User-Agent': 'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)' },
    { 'User-Agent': 'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com' },
  ])('recognizes %j', (headers) => {
    expect(isPrefetchOrLinkPreview(requestWith(headers))).toBe(true);
  });

  it.each<Readonly<Record<string, string>>>([
    {},
    { 'User-Agent': 'curl/8.5.0' },
    { 'User-Agent': 'python-requests/2.31.0' },
    { 'User-Agent': 'node' },
    { 'User-Agent': 'Go-http-client/1.1' },
    {
      'User-Agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
      'Sec-Fetch-Mode': 'navigate',
    },
    {
      'User-Agent':
        'Mozilla/5.0 (Macintosh) AppleWebKit/537.36 Mattermost/5.6.0 Chrome/118.0 Electron/27 Safari/537.36',
    },
    { 'Sec-Purpose': '' },
  ])('accepts %j as the request of a person or a server', (headers) => {
    expect(isPrefetchOrLinkPreview(requestWith(headers))).toBe(false);
  });
});
