// Which documents ship in the VSIX: those that its texts link to, and what these link to in turn, so that no link is dead there.
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, posix } from 'node:path';

/** Targets of relative links and pictures in Markdown; without anchors. */
export const relativeLinks = (markdown: string): string[] =>
  [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
    const path = link!.split('#')[0]!;
    return path === '' || /^[a-z][a-z\d+.-]*:/i.test(path) ? [] : [decodeURI(path)];
  });

/**
 * Every file that can be reached by links, the first ones included.
 *
 * @param root absolute
 * @param first files of `root`, /-separated
 * @throws Error when a link leaves `root` or leads nowhere
 */
export async function linkedFiles(root: string, first: readonly string[]): Promise<string[]> {
  const found = new Set(first);
  for (const file of found) {
    const text = file.endsWith('.md') ? await readFile(join(root, file), 'utf8') : '';
    for (const link of relativeLinks(text)) {
      const target = posix.join(posix.dirname(file), link);
      if (isAbsolute(link) || target.startsWith('..'))
        throw new Error(`${file} links to ${link}, outside of the project.`);
      await readFile(join(root, target)).catch((cause: unknown) => {
        throw new Error(`${file} links to ${link}, which does not exist.`, { cause });
      });
      found.add(target);
    }
  }
  return [...found].sort();
}
