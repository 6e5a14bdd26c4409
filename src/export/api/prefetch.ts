import type { Request } from 'express';

/** Where browsers say that nobody has asked for the page yet: the standard's header, and those of before it. */
const PURPOSES = ['Sec-Purpose', 'Purpose', 'X-Purpose', 'X-Moz'];

/** Programs that open a link which was posted somewhere, to show what is behind it; and those that collect pages. */
const PREVIEWERS =
  /Slackbot|Slack-ImgProxy|TelegramBot|^WhatsApp\/|facebookexternalhit|Facebot|Twitterbot|Discordbot|LinkedInBot|SkypeUriPreview|MicrosoftPreview|^Viber|Mattermost-Bot|vkShare|redditbot|Pinterestbot|Iframely|Embedly|Applebot|Googlebot|bingbot|YandexBot|DuckDuckBot/i;

/** Whether a program asks by itself, before or instead of a person. */
export function isPrefetch(request: Request): boolean {
  const purposes = PURPOSES.map((name) => request.get(name) ?? '');
  return (
    purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose)) ||
    PREVIEWERS.test(request.get('User-Agent') ?? '')
  );
}
