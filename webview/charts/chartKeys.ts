// Actions of keys in a chart. Pure.

export type Asked =
  | { readonly type: 'move'; readonly by: number }
  /** Zoom factor; below 1 zooms in. */
  | { readonly type: 'zoomEpochs' | 'zoomValues'; readonly factor: number }
  /** Proportion of the width in view. */
  | { readonly type: 'shift'; readonly share: number }
  | { readonly type: 'reset' };

const all = Number.MAX_SAFE_INTEGER;

/** null: not a key of the chart. Without Shift the arrows move the crosshair, as in any slider. */
export function chartKey({ key, shiftKey }: { readonly key: string; readonly shiftKey: boolean }): Asked | null {
  switch (key) {
    case 'ArrowLeft':
      return shiftKey ? { type: 'shift', share: -0.1 } : { type: 'move', by: -1 };
    case 'ArrowRight':
      return shiftKey ? { type: 'shift', share: 0.1 } : { type: 'move', by: 1 };
    case 'ArrowDown':
      return shiftKey ? { type: 'zoomValues', factor: 1.5 } : { type: 'move', by: -1 };
    case 'ArrowUp':
      return shiftKey ? { type: 'zoomValues', factor: 1 / 1.5 } : { type: 'move', by: 1 };
    case 'PageDown':
      return { type: 'move', by: -10 };
    case 'PageUp':
      return { type: 'move', by: 10 };
    case 'Home':
      return { type: 'move', by: -all };
    case 'End':
      return { type: 'move', by: all };
    case '+':
    case '=':
      return { type: 'zoomEpochs', factor: 0.5 };
    case '-':
    case '_':
      return { type: 'zoomEpochs', factor: 2 };
    case '0':
      return { type: 'reset' };
    default:
      return null;
  }
}
