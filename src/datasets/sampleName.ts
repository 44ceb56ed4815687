// Free name for a new folder. Pure: the caller says which names are taken.

/** "animals-2", or the next free number. */
export async function freeName(wanted: string, isTaken: (name: string) => Promise<boolean>): Promise<string> {
  for (let number = 2; ; number++) {
    const name = `${wanted}-${number}`;
    if (!(await isTaken(name))) return name;
  }
}

/** Rejects names that some system does not allow, or that lead elsewhere. */
export async function nameProblem(
  text: string,
  isTaken: (name: string) => Promise<boolean>,
): Promise<'notAName' | 'taken' | undefined> {
  const name = text.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Windows refuses them in names
  if (name === '' || /[\\/:*?"<>|\x00-\x1f]/.test(name) || /^\.+$|\.$/.test(name)) return 'notAName';
  return (await isTaken(name)) ? 'taken' : undefined;
}
