// What charts drawn in SVG share: grid, ticks, names of axes.
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
