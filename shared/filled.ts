// Sentences with parameters, in every language and in every program: `{name}` is the parameter, `{name|one|many}` a word chosen by it.
// English and German have two forms; the value of a parameter is never parsed as a sentence.

/** A `{name}` without a parameter stays unchanged. @example filled('{n} {n|image is|images are} gone', { n: 1 }) // '1 image is gone' */
export const filled = (template: string, params: Readonly<Record<string, unknown>>): string =>
  template.replace(placeholder, (whole, name: string, one: string | undefined, many: string | undefined) => {
    if (!Object.hasOwn(params, name)) return whole;
    const value = String(params[name]);
    return one === undefined || many === undefined ? value : value === '1' ? one : many;
  });

/** Captures the name; for a choice also the word for one, and the word for other numbers. */
export const placeholder = /\{(\w+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g;
