import type { MailContent } from './mail-content';

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const MUTED = 'color:#64748b';

/** The mail as a page of one column: no images, no styles from elsewhere, nothing that is fetched. */
export function renderHtml({ language, title, intro, facts, button, notes, footer }: MailContent): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
</head>
<body style="margin:0;padding:0;background:#f1f5f9">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f1f5f9"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border:1px solid #e2e8f0;border-radius:12px"><tr><td style="padding:32px;${FONT};font-size:16px;line-height:1.5;color:#0f172a;overflow-wrap:anywhere;word-break:break-word">
<h1 style="margin:0 0 12px;font-size:22px;line-height:1.3;font-weight:600">${escaped(title)}</h1>
<p style="margin:0 0 20px" dir="auto">${escaped(intro)}</p>
<table role="presentation" cellpadding="0" cellspacing="0" width="100%" style="margin:0 0 24px;border-collapse:collapse;font-size:15px">
${facts.map(([label, value]) => factRow(label, value)).join('\n')}
</table>
${button ? buttonOf(button) : ''}
${notes.map((note) => `<p style="margin:0 0 12px;font-size:14px">${escaped(note)}</p>`).join('\n')}
<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #e2e8f0;font-size:12px;${MUTED}">${escaped(footer)}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

function factRow(label: string, value: string): string {
  const cell = 'padding:8px 0;border-bottom:1px solid #e2e8f0;vertical-align:top';
  return (
    `<tr><td style="${cell};padding-right:16px;white-space:nowrap;${MUTED}">${escaped(label)}</td>` +
    `<td style="${cell};width:100%" dir="auto">${escaped(value)}</td></tr>`
  );
}

function buttonOf({ label, link }: NonNullable<MailContent['button']>): string {
  const look =
    'display:inline-block;padding:12px 20px;border-radius:8px;background:#2563eb;color:#ffffff;font-weight:600;text-decoration:none';
  return `<p style="margin:0 0 20px"><a href="${escaped(link)}" style="${look}">${escaped(label)}</a></p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it can stand in an element or in a quoted attribute. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
