import { toFileName } from './file-name';

describe('toFileName', () => {
  it.each([
    ['Дошка №3', 'pdf', 'Дошка №3.pdf'],
    ['../../etc/passwd', 'json', 'etc passwd.json'],
    ['  two   words.. ', 'png', 'two words.png'],
    ['invoice\u202egnp.exe', 'png', 'invoice gnp.exe.png'],
    ['a\u0000b\nc', 'png', 'a b c.png'],
    ['', 'zip', 'export.zip'],
    ['...', 'zip', 'export.zip'],
    ['con', 'csv', 'con_.csv'],
    ['Aux.table', 'csv', 'Aux_.table.csv'],
    ['contacts', 'csv', 'contacts.csv'],
    ['half a pair \ud83d', 'png', 'half a pair \ufffd.png'],
  ])('converts %j to a safe file name', (title, extension, expected) => {
    expect(toFileName(title, extension)).toBe(expected);
  });

  it('truncates a long title between characters', () => {
    const name = toFileName('🎨'.repeat(300), 'png');

    expect(name).toBe(`${'🎨'.repeat(100)}.png`);
  });
});
