import { attachmentDisposition } from './content-disposition';

describe('attachmentDisposition', () => {
  it.each([
    ['report.csv', `attachment; filename="report.csv"; filename*=UTF-8''report.csv`],
    ['résumé 2.csv', `attachment; filename="resume 2.csv"; filename*=UTF-8''r%C3%A9sum%C3%A9%202.csv`],
    ['отчёт.csv', `attachment; filename="_____.csv"; filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.csv`],
    ['🎨.png', `attachment; filename="_.png"; filename*=UTF-8''%F0%9F%8E%A8.png`],
    [`a"b;c%20.csv`, `attachment; filename="a_b;c_20.csv"; filename*=UTF-8''a%22b%3Bc%2520.csv`],
    [`it's (1)*.csv`, `attachment; filename="it's (1)*.csv"; filename*=UTF-8''it%27s%20%281%29%2A.csv`],
  ])('encodes %s for new and old clients', (fileName, header) => {
    expect(attachmentDisposition(fileName)).toBe(header);
  });

  it('escapes names that would end the header or leave the download folder', () => {
    const header = attachmentDisposition('..\\../etc/pass\r\nSet-Cookie: a=b\0.csv');

    expect(header).toMatch(/^[ -~]+$/);
    expect(header).toContain('filename=".._.._etc_passSet-Cookie: a=b.csv"');
  });

  it('keeps the extension of the name', () => {
    expect(attachmentDisposition('invoice\u202Efdp.exe')).toContain('filename="invoicefdp.exe"');
  });

  it('has a default name, and replaces lone surrogates', () => {
    expect(attachmentDisposition('')).toContain('filename="download"');
    expect(attachmentDisposition('a\uD800.csv')).toBe(`attachment; filename="a.csv"; filename*=UTF-8''a.csv`);
  });
});
