import { aTable, pagesOf, printed, textColumn, textOf } from '../support/pdf-tables';
import { describeWith } from '../support/workbooks';

describeWith(['poppler'], 'PdfWriter, for tables: columns', () => {
  it('omits empty columns', async () => {
    const columns = ['Name', 'E-mail', 'Group'].map(textColumn);

    const { pdf } = await printed(aTable([['Ada', null, ''], ['Bob', '', 'B']], { columns })); // prettier-ignore

    const header = (await pagesOf(pdf))[0]!.split('\n').find((line) => line.includes('Name'));
    expect(header?.trim().split(/ +/)).toEqual(['Name', 'Group']);
  });

  it('lists questions in full that are too long for a header', async () => {
    const long = 'Explain in your own words, with an example, why the sky is blue at noon and red at dusk. '
      .repeat(4)
      .trim();
    const columns = [
      textColumn('Name'),
      { ...textColumn('Done'), type: 'moment' as const },
      textColumn('Capital?'),
      textColumn(long),
    ];
    const rows = [['Ada', null, 'Kyiv', 'Because'], ['Bob', new Date('2026-11-20T08:00:00Z'), 'Rome', 'So']]; // prettier-ignore

    const { pdf, warnings } = await printed(aTable(rows, { columns: [...columns, textColumn('Why not?')] }));

    const text = (await textOf(pdf)).replace(/\s+/g, ' ');
    expect(text).toContain(`1. Capital? 2. ${long} 3. Why not? Why not?: –`);
    expect(text).toMatch(/Name .*1\. Capital\? 2\. Explain in your own.*… /);
    expect(warnings).toEqual([]);
  });

  it('prints a class with an open question on at most three pages', async () => {
    const answer = 'Because the light of the sun is scattered by the air, and blue light more than red light. '.repeat(
      2,
    );
    const moment = new Date('2026-11-20T08:00:00Z');
    const figures = ['Score', 'Maximum', 'Percent', 'Duration', 'Attempts'].map((label) => {
      return { ...textColumn(label), type: 'decimal' as const };
    });
    const moments = ['Started', 'Finished'].map((label) => ({ ...textColumn(label), type: 'moment' as const }));
    const questions = ['What is 7 × 8?', 'The capital of France?', 'Which are prime?', 'Why is the sky blue?'];
    const columns = [...['Name', 'Group'].map(textColumn), ...figures, ...moments, ...questions.map(textColumn)];
    const rows = Array.from({ length: 34 }, (_, row) => {
      const answers = ['56', 'Paris', '2, 3, 5', answer.slice(0, 40 + ((row * 47) % 125))];
      return [`Pupil Number-${row}`, '8-B', '5.50', '10.00', '55.0', '1200', '1', moment, moment, ...answers];
    });

    const { pageCount } = await printed(aTable(rows, { columns }));

    expect(pageCount).toBeLessThanOrEqual(3);
  });
});
