// A chart of the page as a standalone file: every colour, width and font from style sheets is written into the drawing, with the page's
// background. Colours become plain #rrggbb, because other programs do not support color-mix().

const drawn = ['fill', 'stroke'] as const;
const copied = [
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'font-size',
  'font-family',
  'font-weight',
  'text-anchor',
] as const;

/** Text of the SVG. `title` describes the picture in words. */
export function chartSvg(chart: SVGSVGElement, title: string): string {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const originals = [chart, ...chart.querySelectorAll<SVGElement>('*')];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  for (const [i, element] of originals.entries()) inline(element, copies[i]!);
  for (const comment of commentsIn(copy)) comment.remove();
  for (const name of ['role', 'aria-label', 'class']) copy.removeAttribute(name);
  const { width, height } = chart.viewBox.baseVal;
  const back = document.createElementNS(svgNamespace, 'rect');
  for (const [name, value] of Object.entries({ width, height, fill: plain(backgroundOf(chart)).color }))
    back.setAttribute(name, String(value));
  const words = document.createElementNS(svgNamespace, 'title');
  words.textContent = title;
  copy.prepend(words, back);
  copy.setAttribute('xmlns', svgNamespace);
  return new XMLSerializer().serializeToString(copy);
}

/** The PNG's bytes in base64, at twice the size on the screen. @throws Error when the picture cannot be drawn */
export async function chartPng(svg: string, width: number, height: number): Promise<string> {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * 2;
  canvas.height = height * 2;
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}

const svgNamespace = 'http://www.w3.org/2000/svg';

function inline(from: SVGElement, to: SVGElement): void {
  const style = getComputedStyle(from);
  for (const name of drawn) {
    const value = style.getPropertyValue(name);
    if (value === 'none') {
      to.setAttribute(name, 'none');
      continue;
    }
    const { color, opacity } = plain(value);
    to.setAttribute(name, color);
    if (opacity < 1) to.setAttribute(`${name}-opacity`, opacity.toFixed(3));
  }
  for (const name of copied) to.setAttribute(name, style.getPropertyValue(name));
  for (const name of ['class', 'style']) to.removeAttribute(name);
}

function commentsIn(root: Node): ChildNode[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const found: ChildNode[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as ChildNode);
  return found;
}

/** Background of the page, on which charts are drawn. */
const backgroundOf = (chart: Element): string =>
  getComputedStyle(chart).getPropertyValue('--vscode-editor-background').trim() || '#ffffff';

let pixel: CanvasRenderingContext2D | null = null;

/** Resolves any colour that the browser supports, by drawing it. */
function plain(color: string): { color: string; opacity: number } {
  if (!pixel) {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    pixel = canvas.getContext('2d', { willReadFrequently: true })!;
  }
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = '#000000';
  pixel.fillStyle = color;
  pixel.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 255] = pixel.getImageData(0, 0, 1, 1).data;
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return { color: `#${hex(red)}${hex(green)}${hex(blue)}`, opacity: alpha / 255 };
}
