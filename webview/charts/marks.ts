// What the curves carry besides their lines, drawn on uPlot's canvas: the stages' borders and names, the kept epochs.
import type uPlot from 'uplot';
import type { Curve, StageSpan } from '../curves.ts';

/** Resolved colours; `family` is a CSS font family. */
export interface Ink {
  readonly text: string;
  readonly val: string;
  readonly family: string;
}

/** A dotted border before each stage but the first, its name at the top. */
export function drawStages({ ctx, bbox, valToPos }: uPlot, spans: readonly StageSpan[], ink: Ink): void {
  const scale = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * scale}px ${ink.family}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  ctx.lineWidth = scale;
  ctx.strokeStyle = ink.text;
  ctx.fillStyle = ink.text;
  for (const [i, span] of spans.entries()) {
    const left = i === 0 ? bbox.left : valToPos(span.from - 0.5, 'x', true);
    const right = valToPos(span.to + 0.5, 'x', true);
    if (i > 0) {
      ctx.beginPath();
      ctx.setLineDash([2 * scale, 3 * scale]);
      ctx.moveTo(left, bbox.top - 14 * scale);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
    }
    const inset = i === 0 ? 0 : 5 * scale;
    ctx.fillText(fitting(ctx, span.name, right - left - inset - 4 * scale), left + inset, bbox.top - 3 * scale);
  }
  ctx.restore();
}

/** A ring on validation at the epoch that each stage keeps. */
export function drawKept({ ctx, valToPos }: uPlot, spans: readonly StageSpan[], curve: Curve, ink: Ink): void {
  const scale = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ink.val;
  ctx.lineWidth = 1.5 * scale;
  for (const { keptEpoch } of spans) {
    const at = keptEpoch === null ? -1 : curve.epochs.indexOf(keptEpoch);
    const value = curve.val[at];
    if (value === null || value === undefined) continue;
    ctx.beginPath();
    ctx.arc(valToPos(keptEpoch!, 'x', true), valToPos(value, 'y', true), 6 * scale, 0, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.restore();
}

/** The text, cut with an ellipsis to the width; empty when not even that fits. */
function fitting(ctx: CanvasRenderingContext2D, text: string, widthPx: number): string {
  if (ctx.measureText(text).width <= widthPx) return text;
  for (let length = text.length - 1; length > 0; length--) {
    const cut = `${text.slice(0, length)}…`;
    if (ctx.measureText(cut).width <= widthPx) return cut;
  }
  return '';
}
