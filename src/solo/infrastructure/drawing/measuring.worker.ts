import type { DrawingMeasure } from '../../model/domain/drawing-budget';
import { measureState } from '../../model/domain/drawing-measure';
import type { MeasuringTask } from './drawing-protocol';

/** Measures a board in this thread. */
export function measure({ state, maxDepth, picture }: MeasuringTask): DrawingMeasure | null {
  return measureState(state, picture, maxDepth);
}
