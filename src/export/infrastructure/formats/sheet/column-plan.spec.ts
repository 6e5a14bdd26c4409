import { type ColumnExtent, type Panel, planColumns } from './column-plan';
import { MARGIN, paperChoice } from './look';

const columns = (count: number, piece: number, whole: number): ColumnExtent[] =>
  Array.from({ length: count }, () => ({ piece, whole }));
const widthOf = (panel: Panel) => panel.reduce((sum, { width }) => sum + width, 0);

describe('Columns', () => {
  it('fill the width of an upright page when they are few', () => {
    const { paper, panels } = planColumns(columns(4, 40, 60), paperChoice({}));

    expect(paper.width).toBeLessThan(paper.height);
    expect(panels).toHaveLength(1);
    expect(widthOf(panels[0]!)).toBeCloseTo(paper.width - 2 * MARGIN);
  });

  it('have all they wish for while others are wider', () => {
    const { paper, panels } = planColumns([...columns(3, 30, 40), ...columns(4, 60, 2_000)], paperChoice({}));

    const [narrow, , , wide] = panels[0]!.map(({ width }) => width);
    expect(paper.width).toBeGreaterThan(paper.height);
    expect(narrow).toBeGreaterThan(40);
    expect(wide).toBeGreaterThan(2 * narrow!);
    expect(widthOf(panels[0]!)).toBeCloseTo(paper.width - 2 * MARGIN, 0);
  });

  it('go on on further pages, each once, after the repeated ones', () => {
    const { paper, panels } = planColumns(columns(40, 80, 100), paperChoice({ orientation: 'portrait' }));

    expect(panels.length).toBeGreaterThan(1);
    for (const panel of panels) {
      expect(panel.slice(0, 2).map(({ index }) => index)).toEqual([0, 1]);
      expect(widthOf(panel)).toBeLessThanOrEqual(paper.width - 2 * MARGIN + 0.1);
    }
    expect(panels.flatMap((panel) => panel.slice(2)).map(({ index }) => index)).toEqual(
      Array.from({ length: 38 }, (_, index) => index + 2),
    );
  });

  it('are never wider than a page, however long their words', () => {
    const { paper, panels } = planColumns(columns(3, 5_000, 90_000), paperChoice({ page_size: 'letter' }));

    for (const panel of panels) expect(widthOf(panel)).toBeLessThanOrEqual(paper.width - 2 * MARGIN + 0.1);
  });
});
