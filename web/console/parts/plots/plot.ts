/** One of the colours of plots, which people tell apart in light and dark, and who do not see all colours. */
export type PlotColour = 'blue' | 'orange' | 'yellow' | 'grey' | 'green';

export interface PlotSeries {
  readonly label: string;
  readonly colour: PlotColour;
  /** One for each point. Null is unknown. */
  readonly values: readonly (number | null)[];
}

export interface PlotPoint {
  /** Below the axis. */
  readonly short: string;
  /** In the tooltip and the table. */
  readonly long: string;
}
