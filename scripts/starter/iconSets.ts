// Icon sets that npm installed, read as names and SVG.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamedIcon } from './meaning.ts';
import { sources } from './sources.ts';

interface Icon {
  readonly body: string;
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
  readonly hidden?: boolean;
}

export interface IconSet extends Omit<Icon, 'body' | 'hidden'> {
  readonly icons: Readonly<Record<string, Icon>>;
}

/** Every source, by its name. @param folder  in which npm installed them */
export async function readIconSets(folder: string): Promise<Map<string, IconSet>> {
  const read = sources.map(
    async ({ name }) =>
      [name, JSON.parse(await readFile(join(packageFolder(folder, name), 'icons.json'), 'utf8'))] as const,
  );
  return new Map(await Promise.all(read));
}

export const packageFolder = (folder: string, name: string): string =>
  join(folder, 'node_modules', '@iconify-json', name);

/** Names with categories, by source. */
export async function namesIn(folder: string, sets: ReadonlyMap<string, IconSet>): Promise<Map<string, NamedIcon[]>> {
  const all = [...sets].map(async ([source, { icons }]) => {
    const metadata = JSON.parse(await readFile(join(packageFolder(folder, source), 'metadata.json'), 'utf8'));
    const category = new Map<string, string>();
    for (const [name, members] of Object.entries<string[]>(metadata.categories ?? {}))
      for (const member of members) category.set(member, `${category.get(member) ?? ''}|${name}`);
    const names = Object.entries(icons).flatMap(([name, { hidden }]) =>
      hidden ? [] : [{ name, category: category.get(name) ?? '' }],
    );
    return [source, names] as const;
  });
  return new Map(await Promise.all(all));
}

/** SVG text. Without a colour of its own it is white, its form is in the alpha channel. */
export function svgOf(set: IconSet, name: string): string {
  const icon = set.icons[name]!;
  const [left, top] = [icon.left ?? set.left ?? 0, icon.top ?? set.top ?? 0];
  const [width, height] = [icon.width ?? set.width ?? 16, icon.height ?? set.height ?? 16];
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" color="#fff" viewBox="${left} ${top} ${width} ${height}">${icon.body}</svg>`;
}
