// A name for a new folder beside others. Pure: what is taken is asked.

/** "animals-2", or the first number after it that is free. */
export async function freeName(wanted: string, isTaken: (name: string) => Promise<boolean>): Promise<string> {
  for (let number = 2; ; number++) {
    const name = `${wanted}-${number}`;
    if (!(await isTaken(name))) return name;
  }
}

/** Names that no system takes, or that would land elsewhere, are no names. */
export async function nameProblem(
  text: string,
  isTaken: (name: string) => Promise<boolean>,
): Promise<'notAName' | 'taken' | undefined> {
  const name = text.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Windows refuses them in names
  if (name === '' || /[\\/:*?"<>|\x00-\x1f]/.test(name) || /^\.+$|\.$/.test(name)) return 'notAName';
  return (await isTaken(name)) ? 'taken' : undefined;
}
