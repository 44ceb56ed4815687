import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { freshNonce, type PageParts, panelHtml } from '../../../src/panels/page.ts';
import { coalesceProgress } from '../../../src/panels/run/coalesce.ts';

const parts: PageParts = {
  cspSource: 'https://*.vscode-cdn.net',
  scriptUri: 'https://file.vscode-cdn.net/dist/webview/run.js',
  title: 'pets',
  language: 'en',
  nonce: 'aBc123',
};

test('panelHtml() allows nothing by default, scripts by nonce only, and nothing unsafe', () => {
  const html = panelHtml(parts);
  const policy =
    /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1]?.replaceAll('&#39;', "'") ?? '';
  assert.match(policy, /^default-src 'none';/);
  assert.match(policy, /script-src 'nonce-aBc123'(;|$)/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.doesNotMatch(policy, /connect-src|worker-src/);
});

test('panelHtml() has one script, with the nonce, no inline script and no inline style', () => {
  const html = panelHtml(parts);
  assert.deepEqual(html.match(/<script[^>]*>/g), [`<script type="module" nonce="aBc123" src="${parts.scriptUri}">`]);
  assert.match(html, /<script[^>]*><\/script>/);
  assert.doesNotMatch(html, /<style|style=|\son\w+=/);
});

test('panelHtml() escapes a title from disk', () => {
  const html = panelHtml({ ...parts, title: '</title><script>alert("1")</script>' });
  assert.match(html, /<title>&lt;\/title&gt;&lt;script&gt;alert\(&quot;1&quot;\)/);
});

test('freshNonce() is 128 bits, valid in an attribute, and new each time', () => {
  const nonces = new Set(Array.from({ length: 100 }, freshNonce));
  assert.equal(nonces.size, 100);
  for (const nonce of nonces) assert.match(nonce, /^[\w-]{22}$/);
});

const progress = (done: number): RunEvent => ({
  type: 'progress',
  phase: 'training',
  done,
  total: 9,
  stage: 0,
  epoch: 1,
  imagesPerSecond: null,
  etaMs: null,
});
const warning: RunEvent = { type: 'warning', problem: { code: 'randomWeights', params: {} } };

test('coalesceProgress() keeps the last of consecutive progress events and every other event in order', () => {
  const events = [progress(1), progress(2), warning, progress(3), progress(4)];
  assert.deepEqual(coalesceProgress(events), [progress(2), warning, progress(4)]);
});
