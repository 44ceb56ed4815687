// Shared styles of charts drawn in SVG: grid, ticks, axis labels.
import { css } from 'lit';

export const chartStyle = css`
  .grid {
    stroke: var(--sh-hairline);
  }
  .tick,
  .axis {
    fill: var(--sh-muted);
    font-size: 11px;
  }
  .middle {
    text-anchor: middle;
  }
  .end {
    text-anchor: end;
  }
`;
