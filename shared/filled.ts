// Sentences with parameters, in every language and on every side: `{name}` is the parameter, `{name|one|many}` the word for as many.
// English and German have two forms; what a parameter holds is never read as a sentence.

/** `{name}` without such a parameter stays as it is. @example filled('{n} {n|image is|images are} gone', { n: 1 }) // '1 image is gone' */
export const filled = (template: string, params: Readonly<Record<string, unknown>>): string =>
  template.replace(placeholder, (whole, name: string, one: string | undefined, many: string | undefined) => {
    if (!Object.hasOwn(params, name)) return whole;
    const value = String(params[name]);
    return one === undefined || many === undefined ? value : value === '1' ? one : many;
  });

/** The name; of a choice also the word for one, and that for any other number. */
export const placeholder = /\{(\w+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g;
