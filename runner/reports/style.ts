/** The page's style sheet: light, dark and on paper. Line colors after Okabe and Ito, distinguishable for everyone, adjusted for contrast. */
export const style = `
:root { color-scheme: light dark; --text: #1f2328; --dim: #57606a; --page: #fff; --card: #f6f8fa; --edge: #d0d7de; --warn: #fff4e0; --warn-edge: #b35900; --tint: 0, 114, 178;
  --s0: #0072b2; --s1: #b34700; --s2: #007a58; --s3: #a83f7d; --s4: #8a6100; --s5: #2a7fae; --s6: #57606a; --s7: #1f2328; }
@media screen and (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #9aa4af; --page: #0d1117; --card: #161b22; --edge: #30363d; --warn: #33240b; --warn-edge: #f0a742; --tint: 86, 180, 233;
  --s0: #56b4e9; --s1: #ff9e57; --s2: #34c79a; --s3: #e39cc8; --s4: #e6b800; --s5: #8fd0f5; --s6: #9aa4af; --s7: #e6edf3; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--edge); break-after: avoid; }
p { margin: .6rem 0; }
.notice, ul.warning { background: var(--warn); border-left: 4px solid var(--warn-edge); padding: .5rem .8rem; margin: .6rem 0; }
ul.warning { padding-left: 2rem; }
.notice { font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .8rem 0; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { text-align: left; color: var(--dim); padding-bottom: .3rem; }
th, td { border: 1px solid var(--edge); padding: .25rem .6rem; text-align: right; vertical-align: top; max-width: 30rem; overflow-wrap: break-word; }
.facts td { overflow-wrap: anywhere; }
th:first-child, .facts td { text-align: left; }
thead th { background: var(--card); }
tbody th, .facts th { text-align: left; font-weight: 600; }
tr { break-inside: avoid; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; padding: .6rem; background: var(--card); border: 1px solid var(--edge); border-radius: 6px; break-inside: avoid; }
.charts figure { width: 28.5rem; max-width: 100%; }
.charts figure.square { width: 24rem; }
.chart-title { font-weight: 600; }
svg { display: block; width: 100%; height: auto; }
.legend { list-style: none; margin: .3rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .85rem; }
.legend svg { display: inline-block; width: 1.6rem; height: .7rem; margin-right: .3rem; }
.tick { font: 11px system-ui, sans-serif; fill: var(--dim); } .middle { text-anchor: middle; } .end { text-anchor: end; }
.grid { stroke: var(--edge); stroke-width: .7; } .axis { stroke: var(--dim); } .guess { stroke: var(--dim); stroke-dasharray: 2 4; } .mark { stroke: var(--dim); stroke-dasharray: 5 4; }
.line { fill: none; stroke-width: 1.8; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .8rem; }
.pictures img { display: block; width: 160px; max-width: 100%; height: auto; }
.pictures figcaption { font-size: .82rem; margin-top: .3rem; } .pictures .path { color: var(--dim); }
figure.wrong { border-color: var(--warn-edge); border-width: 2px; }
${Array.from({ length: 8 }, (_, i) => `.line.s${i} { stroke: var(--s${i}); ${dashOf(i)}} .point.s${i}, .dot.s${i} { fill: var(--s${i}); }`).join('\n')}
.dot { stroke: var(--page); stroke-width: 1.5; }
@page { margin: 15mm; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } .scroll { overflow: visible; } .charts figure { width: 48%; } figure, thead th, td, .notice, ul.warning { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;

/** Dash patterns that distinguish lines without color. */
function dashOf(i: number): string {
  const dash = ['', '6 3', '2 2', '8 3 2 3', '', '6 3', '2 2', '8 3 2 3'][i];
  return dash ? `stroke-dasharray: ${dash}; ` : '';
}
