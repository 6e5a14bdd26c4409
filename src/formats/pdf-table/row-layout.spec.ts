import type { CellType } from '../content';
import { numberLabels } from './row-layout';

const column = (label: string, type: CellType = 'text') => ({ key: label, label, type });

describe('Labels that exceed the header', () => {
  it('are numbered with their questions, points with their question', () => {
    const questions = [column('Why?'), column('Why? (points)', 'decimal'), column('And how, in all detail?')];
    const columns = [column('Name'), column('Finished', 'moment'), ...questions];

    const { short, list } = numberLabels(columns, 4);

    expect(short).toEqual(['Name', 'Finished', '1. Why?', '1. (points)', '2. And how, in all detail?']);
    expect(list).toEqual(['1. Why?', '2. And how, in all detail?']);
  });

  it('never number the first column', () => {
    const { short } = numberLabels([column('Name'), column('Why?')], 1);

    expect(short).toEqual(['Name', '1. Why?']);
  });
});
