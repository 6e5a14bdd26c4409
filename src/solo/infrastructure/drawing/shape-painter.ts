import type { Arrow, Ellipse, Line, Rectangle } from '../../model/board/board';
import { type DrawingContext, withSavedState } from './surface';

/** The width of an arrow head relative to its length. */
const HEAD_WIDTH_RATIO = 0.8;

/** Draws the outline of a shape like Konva. */
export function paintShape(context: DrawingContext, shape: Line | Arrow | Rectangle | Ellipse): void {
  // Without a line nothing is visible, except the heads of an arrow, which are filled.
  if (shape.lineWidth <= 0 && shape.kind !== 'arrow') return;
  withSavedState(context, () => {
    context.globalAlpha = shape.opacity;
    context.strokeStyle = shape.colour;
    context.lineWidth = shape.lineWidth;
    switch (shape.kind) {
      case 'line':
        paintShaft(context, shape);
        break;
      case 'arrow':
        paintArrow(context, shape);
        break;
      case 'rectangle':
        context.strokeRect(shape.x, shape.y, shape.width, shape.height);
        break;
      case 'ellipse':
        context.beginPath();
        context.ellipse(shape.x, shape.y, shape.radiusX, shape.radiusY, 0, 0, 2 * Math.PI);
        context.closePath();
        context.stroke();
        break;
    }
  });
}

function paintShaft(context: DrawingContext, { fromX, fromY, toX, toY, lineWidth }: Line | Arrow): void {
  context.lineCap = 'round';
  context.lineJoin = 'round';
  // Skia draws a dot for a line of no length with round caps; a browser draws nothing.
  if (lineWidth <= 0 || (fromX === toX && fromY === toY)) return;
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

/** The shaft reaches the tip. A head is filled, and stroked with the width of the line. */
function paintArrow(context: DrawingContext, arrow: Arrow): void {
  context.fillStyle = arrow.colour;
  paintShaft(context, arrow);
  const angle = Math.atan2(arrow.toY - arrow.fromY, arrow.toX - arrow.fromX);
  if (arrow.headAtEnd) paintHead(context, arrow, [arrow.toX, arrow.toY], angle);
  if (arrow.headAtStart) paintHead(context, arrow, [arrow.fromX, arrow.fromY], angle + Math.PI);
}

function paintHead(context: DrawingContext, arrow: Arrow, tip: [number, number], angle: number): void {
  const { headLength: length, lineWidth } = arrow;
  const halfWidth = (length * HEAD_WIDTH_RATIO) / 2;
  withSavedState(context, () => {
    context.translate(...tip);
    context.rotate(angle);
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(-length, halfWidth);
    context.lineTo(-length, -halfWidth);
    context.closePath();
    context.fill();
    if (lineWidth > 0) context.stroke();
  });
}
