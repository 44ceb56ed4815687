import { UserError } from '../../shared/contracts/errors.ts';

/**
 * Address of the file `path` below the base address, or below the mirror that replaces it.
 * @throws UserError badArgument when the mirror is not a web address
 */
export function mirrored(base: string, path: string, mirror: string | null): string {
  const text = mirror ?? base;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new UserError('badArgument', { reason: `The mirror "${text}" is not an http or https address.` });
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return new URL(path, url.href).href;
}
