import { type ColumnExtent, type Panel, planColumns } from './column-plan';
import { toPapers } from './paper';
import { MARGIN } from './styles';

const columns = (count: number, segment: number, whole: number): ColumnExtent[] =>
  Array.from({ length: count }, (_, index) => ({ index, segment, whole, length: whole }));
const placed = (extents: readonly ColumnExtent[]) => extents.map((extent, index) => ({ ...extent, index }));
const widthOf = (panel: Panel) => panel.reduce((sum, { width }) => sum + width, 0);

describe('Column plan', () => {
  it('fills a portrait page with few columns', () => {
    const { paper, panels } = planColumns(columns(4, 40, 60), toPapers({}));

    expect(paper.width).toBeLessThan(paper.height);
    expect(panels).toHaveLength(1);
    expect(widthOf(panels[0]!)).toBeCloseTo(paper.width - 2 * MARGIN);
  });

  it('gives columns their preferred width while others are wider', () => {
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

  it('continues on further pages, each column once, after the repeated ones', () => {
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

  it('fits one page if the long texts get at least eighteen characters', () => {
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

  it('gives long texts the remaining width', () => {
    const { density } = planColumns(columns(4, 40, 60), toPapers({}));

    expect(density.cell.size).toBe(9);
  });

  it('uses as few pages as possible, filled evenly', () => {
    const { paper, panels } = planColumns(columns(20, 60, 600), toPapers({}));

    const counts = panels.map((panel) => panel.length);
    // Beside the two that are repeated there is room for six of eighteen.
    expect(counts.length).toBe(3);
    expect(paper.width).toBeGreaterThan(paper.height);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('never exceeds the width of a page, however long the words are', () => {
    const { paper, panels } = planColumns(columns(3, 5_000, 90_000), toPapers({ page_size: 'letter' }));

    for (const panel of panels) expect(widthOf(panel)).toBeLessThanOrEqual(paper.width - 2 * MARGIN + 0.1);
  });
});
