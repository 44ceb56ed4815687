// Styles of segments() in controls.ts; adopted by the elements that draw them.
import { css } from 'lit';

export const segmentsStyle = css`
  .segments {
    display: inline-flex;
    flex-wrap: wrap;
    padding: 0;
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-input-border, var(--sh-border)));
    border-radius: 3px;
    overflow: hidden;
  }
  .segments label {
    position: relative;
    cursor: pointer;
  }
  .segments input {
    position: absolute;
    inset: 0;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .segments span {
    display: block;
    padding: 3px 10px;
    font-size: 12px;
  }
  .segments input:checked + span {
    background: var(--vscode-button-background);
    color: var(--vscode-button-foreground);
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .segments input:focus-visible + span {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -2px;
    text-decoration: underline;
  }
`;
