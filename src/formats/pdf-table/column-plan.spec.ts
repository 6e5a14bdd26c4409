import { type ColumnExtent, type Panel, planColumns } from './column-plan';
import { toPapers } from './paper';
import { MARGIN } from './styles';

const columns = (count: number, segment: number, whole: number): ColumnExtent[] =>
  Array.from({ length: count }, (_, index) => ({ index, segment, whole, length: whole }));
const placed = (extents: readonly ColumnExtent[]) => extents.map((extent, index) => ({ ...extent, index }));
const widthOf = (panel: Panel) => panel.reduce((sum, { width }) => sum + width, 0);

describe('Columns', () => {
  it('fill the width of an upright page when they are few', () => {
    const { paper, panels } = planColumns(columns(4, 40, 60), toPapers({}));

    expect(paper.width).toBeLessThan(paper.height);
    expect(panels).toHaveLength(1);
    expect(widthOf(panels[0]!)).toBeCloseTo(paper.width - 2 * MARGIN);
  });

  it('have all they wish for while others are wider', () => {
    const { paper, density, panels } = planColumns(
      placed([...columns(3, 30, 40), ...columns(4, 60, 2_000)]),
      toPapers({}),
    );

    const [narrow, , , wide] = panels[0]!.map(({ width }) => width);
    expect(paper.width).toBeGreaterThan(paper.height);
    expect(narrow).toBeGreaterThan(30 * density.scale);
    expect(wide).toBeGreaterThan(2 * narrow!);
    expect(widthOf(panels[0]!)).toBeCloseTo(paper.width - 2 * MARGIN, 0);
  });

  it('go on on further pages, each once, after the repeated ones', () => {
    const { paper, panels } = planColumns(columns(40, 80, 100), toPapers({ orientation: 'portrait' }));

    expect(panels.length).toBeGreaterThan(1);
    for (const panel of panels) {
      expect(panel.slice(0, 2).map(({ index }) => index)).toEqual([0, 1]);
      expect(widthOf(panel)).toBeLessThanOrEqual(paper.width - 2 * MARGIN + 0.1);
    }
    expect(panels.flatMap((panel) => panel.slice(2)).map(({ index }) => index)).toEqual(
      Array.from({ length: 38 }, (_, index) => index + 2),
    );
  });

  it('stand on one page where the long texts among the short ones have eighteen characters and more', () => {
    const figures = columns(7, 48, 48);
    const answers = [...columns(3, 40, 100), ...columns(1, 60, 900), ...columns(1, 60, 1_800)];

    const { density, panels } = planColumns(placed([...figures, ...answers]), toPapers({}));

    expect(panels).toHaveLength(1);
    const widths = panels[0]!.map(({ width }) => width);
    for (const width of widths.slice(0, 7)) expect(width).toBeLessThan(52);
    expect(widths.at(-2)).toBeGreaterThan(75);
    expect(widths.at(-1)).toBeGreaterThan(1.4 * widths.at(-2)!);
    expect(density.cell.size).toBe(7.5);
  });

  it('have large texts where there is room for them', () => {
    const { density } = planColumns(columns(4, 40, 60), toPapers({}));

    expect(density.cell.size).toBe(9);
  });

  it('go on on as few pages as they can, each as full as the others', () => {
    const { paper, panels } = planColumns(columns(20, 60, 600), toPapers({}));

    const counts = panels.map((panel) => panel.length);
    // Beside the two that are repeated there is room for six of eighteen.
    expect(counts.length).toBe(3);
    expect(paper.width).toBeGreaterThan(paper.height);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('are never wider than a page, however long their words', () => {
    const { paper, panels } = planColumns(columns(3, 5_000, 90_000), toPapers({ page_size: 'letter' }));

    for (const panel of panels) expect(widthOf(panel)).toBeLessThanOrEqual(paper.width - 2 * MARGIN + 0.1);
  });
});
