// Marks on the curves besides their lines, drawn on uPlot's canvas: stage boundaries with names, kept epochs.
import type uPlot from 'uplot';
import type { StageSpan } from './stageSpans.ts';
import type { Ink } from './theme.ts';

/** Drawn in the colour of its line. */
export interface PlacedRing {
  readonly line: number;
  readonly epoch: number;
  readonly value: number;
}

/** Dotted boundary before each stage but the first, with its name at the top. */
export function drawStages({ ctx, bbox, valToPos }: uPlot, spans: readonly StageSpan[], ink: Ink): void {
  const scale = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * scale}px ${ink.family}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  ctx.lineWidth = scale;
  ctx.strokeStyle = ink.text;
  ctx.fillStyle = ink.text;
  const end = bbox.left + bbox.width;
  for (const [i, span] of spans.entries()) {
    const border = valToPos(span.from - 0.5, 'x', true);
    const left = Math.max(bbox.left, border);
    const right = Math.min(end, valToPos(span.to + 0.5, 'x', true));
    if (right <= left) continue;
    const isBorder = i > 0 && border > bbox.left;
    if (isBorder) {
      ctx.beginPath();
      ctx.setLineDash([2 * scale, 3 * scale]);
      ctx.moveTo(left, bbox.top - 14 * scale);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
    }
    const inset = isBorder ? 5 * scale : 0;
    ctx.fillText(fitting(ctx, span.name, right - left - inset - 4 * scale), left + inset, bbox.top - 3 * scale);
  }
  ctx.restore();
}

/** Ring around each value whose weights were kept. */
export function drawRings({ ctx, bbox, valToPos }: uPlot, rings: readonly PlacedRing[], ink: Ink): void {
  const scale = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - 8 * scale, bbox.top - 8 * scale, bbox.width + 16 * scale, bbox.height + 16 * scale);
  ctx.clip();
  ctx.lineWidth = 1.5 * scale;
  for (const { line, epoch, value } of rings) {
    ctx.strokeStyle = ink.lines[line] ?? ink.text;
    ctx.beginPath();
    ctx.arc(valToPos(epoch, 'x', true), valToPos(value, 'y', true), 6 * scale, 0, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.restore();
}

/** The text truncated with an ellipsis to the width; empty if not even that fits. */
function fitting(ctx: CanvasRenderingContext2D, text: string, widthPx: number): string {
  if (ctx.measureText(text).width <= widthPx) return text;
  for (let length = text.length - 1; length > 0; length--) {
    const cut = `${text.slice(0, length)}…`;
    if (ctx.measureText(cut).width <= widthPx) return cut;
  }
  return '';
}
