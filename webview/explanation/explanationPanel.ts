// <sh-explanation-panel>: the whole page of maps, drawn from one ExplanationViewState: one image large, or a wall of them.
import { css, html, LitElement, nothing } from 'lit';
import { type CamImage, type Explained, mostImages } from '../../shared/messages/explanation.ts';
import { t } from '../../shared/strings/strings.ts';
import { button, progressRing } from '../components/controls.ts';
import { baseName, formatCount, formatMetric } from '../page/format.ts';
import { csvText, escapeMarkdown, markdownText } from '../page/tableText.ts';
import { base, card, page, titleBar, tokens } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';
import { act, send } from './act.ts';
import type { CamPicture } from './camPicture.ts';
import type { CamWall } from './camWall.ts';
import { type Point, valueAt } from './heatDrawing.ts';
import { overlayPng } from './overlayPng.ts';
import { answerOf, type CamAnswer, type CamSnapshot, type ExplanationViewState, nextStep, stallOf } from './state.ts';
import { explanationTable } from './table.ts';

export class ExplanationPanel extends LitElement {
  static override properties = { state: { attribute: false }, point: { state: true } };
  declare state: ExplanationViewState;
  /** Point whose value is shown. */
  declare point: Point | null;

  #shownBefore: string | null = null;

  constructor() {
    super();
    this.point = null;
  }

  override render() {
    const { snapshot, shown } = this.state;
    if (snapshot === null)
      return html`<main class="waiting">${progressRing(t('camLoading'))}<p>${t('camLoading')}</p></main>`;
    const image = snapshot.images.find(({ path }) => path === shown);
    return html`<main>
      ${this.#header(snapshot, image)}
      ${snapshot.isMedical ? html`<sh-notices .problem=${null} .warnings=${[t('notDiagnostic')]}></sh-notices>` : nothing}
      <sh-cam-controls
        .snapshot=${snapshot}
        .question=${this.state.question}
        .look=${this.state.look}
        .single=${image !== undefined}
      ></sh-cam-controls>
      ${this.#work()}
      ${image === undefined ? this.#wall(snapshot) : this.#single(image)}
    </main>`;
  }

  #header({ images, runName, leftOut }: CamSnapshot, image: CamImage | undefined) {
    const answer = image && answerOf(this.state, image.path);
    const explained = answer?.type === 'explained' ? answer : undefined;
    return html`<header>
      <div class="title">
        <h1>${image?.name ?? t('camTitle')}</h1>
        <p class="muted">${t('camOfRun', { run: runName })}</p>
        ${leftOut > 0 ? html`<p>${t('camLeftOut', { count: formatCount(leftOut), most: formatCount(mostImages) })}</p>` : nothing}
      </div>
      <div class="actions" role="group" aria-label=${t('camActions')}>
        ${
          image && images.length > 1
            ? button({
                label: t('camBack', { count: formatCount(images.length) }),
                icon: 'images',
                onClick: () => act(this, { type: 'shown', path: null }),
              })
            : nothing
        }
        ${explained ? this.#takeAway(explained) : nothing}
        ${image ? button({ label: t('camOpenImage'), onClick: () => send(this, { type: 'openImage', path: image.path }) }) : nothing}
        ${button({ label: t('camOpenRun'), onClick: () => send(this, { type: 'openRun' }) })}
      </div>
    </header>`;
  }

  #takeAway(explained: Explained) {
    return html`${button({ label: t('camSave'), icon: 'save', onClick: () => void this.#save(explained) })}
      ${button({ label: t('camCopyCsv'), icon: 'copy', onClick: () => this.#copy(explained, 'csv') })}
      ${button({ label: t('camCopyMarkdown'), icon: 'copy', onClick: () => this.#copy(explained, 'markdown') })}`;
  }

  /** Progress, or why there is none. */
  #work() {
    const { request } = this.state;
    const stall = stallOf(this.state);
    if (stall !== null) {
      const sentence = stall.reason === 'stopped' ? t('camStopped') : (stall.sentence ?? t('camFailed'));
      return html`<div class="work">
        ${stall.reason === 'stopped' ? html`<p role="status">${sentence}</p>` : html`<sh-notices .problem=${sentence} .warnings=${[]}></sh-notices>`}
        ${button({ label: t('camTryAgain'), icon: 'running', onClick: () => act(this, { type: 'tryAgain' }) })}
      </div>`;
    }
    if (request === null && nextStep(this.state)?.type !== 'explain')
      return html`<div class="work idle" role="status"></div>`;
    const text = request?.check
      ? t('camChecking')
      : request && request.total > 1
        ? t('camWorkingMany', { done: formatCount(this.#doneOf()), total: formatCount(request.paths.length) })
        : t('camWorking');
    return html`<div class="work">
      ${progressRing(text)}<p role="status">${text}</p>
      ${button({ label: t('camStop'), icon: 'stop', onClick: () => act(this, { type: 'stopped' }) })}
    </div>`;
  }

  #doneOf(): number {
    return this.state.request!.paths.filter((path) => answerOf(this.state, path) !== undefined).length;
  }

  #pictureOf({ path, address }: CamImage): CamPicture {
    return { path, ...(this.state.pictures.get(path) ?? { address, reason: null }) };
  }

  #wall({ images }: CamSnapshot) {
    const tiles = images.map((image) => ({
      image,
      picture: this.#pictureOf(image),
      answer: answerOf(this.state, image.path),
    }));
    return html`<sh-cam-wall .tiles=${tiles} .look=${this.state.look}></sh-cam-wall>`;
  }

  #single(image: CamImage) {
    const answer = answerOf(this.state, image.path);
    return html`<div class="columns">
      <section class="card" aria-label=${t('camImage')} @sh-point=${(event: CustomEvent<Point | null>) => (this.point = event.detail)}>
        ${this.#figures(image, answer)}
      </section>
      ${answer?.type === 'explained' ? this.#words(answer, image) : nothing}
    </div>`;
  }

  #figures(image: CamImage, answer: CamAnswer | undefined) {
    const explained = answer?.type === 'explained' ? answer.explanation : undefined;
    const picture = this.#pictureOf(image);
    const label = t('camAlt', { file: image.name, folder: image.folder });
    const { look } = this.state;
    if (explained === undefined)
      return html`<div class="figures">
          <figure><sh-cam-picture .picture=${picture} .label=${label} .look=${look}></sh-cam-picture></figure>
        </div>
        ${answer?.type === 'failed' ? html`<sh-notices .problem=${answer.sentence} .warnings=${[]}></sh-notices>` : nothing}`;
    const { view } = explained;
    const valueText = this.#valueText(explained);
    const ratio = cssVariables({ '--ratio': String(view.original.width / view.original.height) });
    const figure = (title: string, name: string, map: typeof explained.map | null) => html`<figure ${ratio}>
      <figcaption>${title}</figcaption>
      <sh-cam-pointer .explanation=${explained} .point=${this.point} .label=${name} .valueText=${valueText}>
        <sh-cam-picture
          .picture=${picture}
          .label=${name}
          .view=${view}
          .map=${map}
          .look=${look}
          .sidePx=${view.imageSize}
          .framed=${true}
        ></sh-cam-picture>
      </sh-cam-pointer>
    </figure>`;
    const className = explained.classNames[explained.targetLabel]!;
    return html`<div class="figures">
        ${look.sideBySide ? figure(t('camImage'), label, null) : nothing}
        ${figure(t('camOverlay'), t('camMapAlt', { className, file: image.name }), explained.map)}
      </div>
      <output class="number" aria-live="polite">${valueText}</output>
      <p class="muted note">${t('camCropNote', { side: view.imageSize })} ${t('camMaximum', { value: formatNumber(explained.rawMaximum) })}</p>`;
  }

  #valueText(explained: Explained['explanation']): string {
    const { point } = this;
    if (point === null) return t('camNoPoint');
    const value = valueAt(explained, point);
    if (value === null) return t('camOutside');
    return t('camValue', { value: formatMetric(value), x: Math.floor(point.x), y: Math.floor(point.y) });
  }

  #words(answer: Explained, image: CamImage) {
    const { request } = this.state;
    return html`<div class="words">
        <sh-cam-probabilities .explanation=${answer.explanation}></sh-cam-probabilities>
        ${
          answer.remarkTexts.length === 0
            ? nothing
            : html`<section class="card" aria-labelledby="remarks">
              <div class="cardHead"><h2 id="remarks">${t('camRemarks')}</h2></div>
              <ul class="remarks">${answer.remarkTexts.map((text) => html`<li>${text}</li>`)}</ul>
            </section>`
        }
      </div>
      <sh-faithfulness
        class="wide"
        .answer=${answer}
        .picture=${this.#pictureOf(image)}
        .look=${this.state.look}
        .busy=${request?.check ?? false}
      ></sh-faithfulness>`;
  }

  /** Back on the wall, the previous tile gets the focus; in a single view the point belongs to its image. */
  override updated(): void {
    const { shown, snapshot } = this.state;
    if (shown === this.#shownBefore) return;
    const before = this.#shownBefore;
    this.#shownBefore = shown;
    this.point = null;
    if (shown !== null || before === null) return;
    const wall = this.renderRoot.querySelector<CamWall>('sh-cam-wall');
    const at = snapshot?.images.findIndex(({ path }) => path === before) ?? -1;
    if (at >= 0) void wall?.updateComplete.then(() => wall.enter(at));
  }

  async #save(explained: Explained): Promise<void> {
    const { explanation } = explained;
    const { image, classNames, targetLabel, probabilities, method, layer, of } = explanation;
    const className = classNames[targetLabel]!;
    const { snapshot, look } = this.state;
    const address = this.#pictureOf(snapshot!.images.find(({ path }) => path === image)!).address;
    const name = baseName(image).replace(/\.[^.]+$/, '');
    const choice = (kind: 'methods' | 'scores', id: string) =>
      snapshot!.choices[kind].find((one) => one.id === id)?.name ?? id;
    const data = await overlayPng(address === null ? null : await loaded(address), explanation, look, [
      `${choice('methods', method)}, ${layer}, ${choice('scores', of)}: ${className} ${formatMetric(probabilities[targetLabel])}`,
      ...(snapshot!.isMedical ? [t('notDiagnostic')] : []),
    ]);
    send(this, { type: 'savePicture', name: `${name}.${className}.${method}.${layer}.${of}`, format: 'png', data });
  }

  #copy(explained: Explained, format: 'csv' | 'markdown'): void {
    const { header, rows } = explanationTable(explained, this.state.snapshot!);
    const cell = (value: string | number | null) => escapeMarkdown(String(value ?? ''));
    const text =
      format === 'csv'
        ? csvText([header, ...rows])
        : markdownText(
            header.map(cell),
            rows.map((row) => row.map(cell)),
          );
    send(this, { type: 'copy', text });
  }

  static override styles = [
    tokens,
    base,
    card,
    page,
    titleBar,
    css`
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .work {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
        min-height: 28px;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 2.4fr) minmax(240px, 1fr);
        align-items: start;
        gap: 12px;
      }
      .wide {
        grid-column: 1 / -1;
      }
      .words {
        display: grid;
        gap: 12px;
        min-width: 0;
      }
      .figures {
        display: flex;
        flex-wrap: wrap;
        gap: 12px;
      }
      figure {
        flex: 1 1 220px;
        min-width: 0;
        max-width: min(100%, calc(62vh * var(--ratio, 1)));
      }
      figcaption {
        margin-bottom: 3px;
        font-size: 12px;
        font-weight: 600;
      }
      output {
        display: block;
        margin-top: 8px;
        min-height: 1.4em;
      }
      .note {
        font-size: 12px;
      }
      .remarks {
        display: grid;
        gap: 6px;
        padding-inline-start: 18px;
      }
      @media (max-width: 760px) {
        main {
          padding: 10px 10px 16px;
        }
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
}

const formatNumber = (value: number): string => (value === 0 ? '0' : value.toPrecision(3));

/** The picture at its own size; null: it does not load. */
async function loaded(address: string): Promise<HTMLImageElement | null> {
  const image = new Image();
  image.crossOrigin = 'anonymous';
  image.src = address;
  return image.decode().then(
    () => image,
    () => null, // the map is saved without it
  );
}
