// Parses the JSON of a safetensors header. JSON.parse would keep the last of two equal keys and interpret `__proto__`: here an
// object is a Map, a repeated key is an error, numbers are whole and not negative, and the nesting is limited.

export type HeaderValue = string | number | HeaderValue[] | Map<string, HeaderValue>;

const deepest = 8;

/** Throws a plain Error whose message completes "its header is not usable: ...". */
export function parseHeaderJson(text: string): HeaderValue {
  let at = 0;
  const value = readValue(0);
  skipSpace();
  if (at < text.length) throw new Error(`unexpected text after its end at character ${at}`);
  return value;

  function readValue(depth: number): HeaderValue {
    if (depth > deepest) throw new Error('it is nested too deeply');
    skipSpace();
    const first = text[at];
    if (first === '{') return readObject(depth);
    if (first === '[') return readArray(depth);
    if (first === '"') return readString();
    return readNumber();
  }

  function readObject(depth: number): Map<string, HeaderValue> {
    const object = new Map<string, HeaderValue>();
    readItems('}', () => {
      skipSpace();
      if (text[at] !== '"') throw unexpected();
      const key = readString();
      if (object.has(key)) throw new Error(`the key ${JSON.stringify(key.slice(0, 80))} appears twice`);
      skipSpace();
      expect(':');
      object.set(key, readValue(depth + 1));
    });
    return object;
  }

  function readArray(depth: number): HeaderValue[] {
    const items: HeaderValue[] = [];
    readItems(']', () => items.push(readValue(depth + 1)));
    return items;
  }

  function readItems(end: string, readItem: () => void): void {
    at++;
    skipSpace();
    if (text[at] === end) {
      at++;
      return;
    }
    for (;;) {
      readItem();
      skipSpace();
      if (text[at] === end) {
        at++;
        return;
      }
      expect(',');
    }
  }

  function readString(): string {
    const start = at++;
    while (text[at] !== '"') {
      if (at >= text.length) throw new Error('a string is not terminated');
      at += text[at] === '\\' ? 2 : 1;
    }
    at++;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      throw new Error(`the string at character ${start} is malformed`);
    }
  }

  function readNumber(): number {
    const start = at;
    while (at < text.length && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++;
    const digits = text.slice(start, Math.min(at, start + 17));
    if (digits === '') throw unexpected();
    const value = Number(digits);
    if (at - start > 16 || !Number.isSafeInteger(value) || (digits.length > 1 && digits[0] === '0'))
      throw new Error(`the number at character ${start} is invalid`);
    return value;
  }

  function expect(character: string): void {
    if (text[at] !== character) throw unexpected();
    at++;
  }

  function unexpected(): Error {
    return new Error(
      at < text.length ? `unexpected ${JSON.stringify(text[at])} at character ${at}` : 'it ends too early',
    );
  }

  function skipSpace(): void {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  }
}
