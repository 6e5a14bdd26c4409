import { type DrawingMeasure, measureState } from '../../model/domain/drawing-budget';
import type { MeasuringTask } from './drawing-protocol';

/** Measures one board in this thread. */
export function measure({ state, maxDepth, picture }: MeasuringTask): DrawingMeasure | null {
  return measureState(state, picture, maxDepth);
}
