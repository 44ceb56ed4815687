// Styles of sliders; adopted by the elements that draw them.
import { css } from 'lit';

export const rangeStyle = css`
  input[type='range'] {
    appearance: none;
    width: 100%;
    height: 20px;
    margin: 0;
    background: transparent;
    cursor: pointer;
  }
  input[type='range']::-webkit-slider-runnable-track {
    height: 4px;
    border-radius: 2px;
    background: color-mix(in srgb, var(--vscode-foreground) 35%, transparent);
  }
  input[type='range']::-webkit-slider-thumb {
    appearance: none;
    width: 16px;
    height: 16px;
    margin-top: -6px;
    border: 2px solid var(--vscode-editor-background);
    border-radius: 50%;
    background: var(--vscode-foreground);
  }
  input[type='range']:disabled {
    opacity: 0.4;
    cursor: default;
  }
`;
