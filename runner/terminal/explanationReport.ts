// Explanations as text for a terminal. Pure.

import {
  type Explanation,
  explanationLayers,
  explanationMethods,
  explanationScores,
  layerWords,
  mapValues,
  methodWords,
  type Remark,
  remarkText,
  scoreWords,
  verdictOn,
} from '../../shared/contracts/explanation.ts';
import { heatColors, heatColorWords } from '../../shared/contracts/heatMap.ts';
import { fixed } from '../../shared/fixed.ts';
import { indexOfLargest } from '../../shared/lists.ts';
import { columnsOf, padEnd, plural, printable } from '../words/text.ts';

/** A few lines per image: the prediction, the hottest place of the map, remarks, the verdict of the check. */
export function explanationText(explanation: Explanation): string {
  const { image, remarks, overlayFile } = explanation;
  const ownRemarks = remarks.filter(isAboutThisImage);
  return [
    printable(image),
    `  ${predictionText(explanation)}`,
    `  ${mapText(explanation)}`,
    ...ownRemarks.flatMap((each) => wrapped(printable(remarkText(each)), ' ')),
    ...verdictOn(explanation)
      .filter(isAboutThisImage)
      .flatMap((each) => wrapped(printable(remarkText(each)), '  Check:')),
    ...(overlayFile === null ? [] : [`  ${printable(overlayFile)}`]),
    '',
  ].join('\n');
}

/** Remarks that hold for every map of the command appear once, at the end. */
const forAll: ReadonlySet<string> = new Set(['notDiagnostic', 'classIgnored', 'gradCamOnLayer4', 'checkLimits']);
const isAboutThisImage = ({ code }: Remark): boolean => !forAll.has(code);

function predictionText({ classNames, probabilities, predictedLabel, trueLabel }: Explanation): string {
  const percent = fixed(100 * probabilities[predictedLabel]!, 1);
  const truth =
    trueLabel === null
      ? ''
      : trueLabel === predictedLabel
        ? ', which is correct'
        : `, but the folder says ${printable(classNames[trueLabel]!)}`;
  return `most probable: ${printable(classNames[predictedLabel]!)} (${percent} %)${truth}`;
}

function mapText({ classNames, targetLabel, of, layer, method, map, rawMaximum }: Explanation): string {
  const what = `${methodWords[method].name} of the ${of} of ${printable(classNames[targetLabel]!)} at ${layer}`;
  const values = mapValues(map);
  // If all positions have the same value, none is the hottest.
  if (rawMaximum === 0 || values.every((value) => value === values[0])) return what;
  const hottest = indexOfLargest(values);
  const share = (place: number, count: number) => Math.round((100 * (place + 0.5)) / count);
  const across = share(hottest % map.width, map.width);
  const down = share(Math.floor(hottest / map.width), map.height);
  return `${what}: highest at ${across} % from the left, ${down} % from the top`;
}

/** Closing lines of a command; '' when there are none. */
export function closingText(explanations: readonly Explanation[], problemCount: number): string {
  const remarks = explanations.flatMap((each) => [...each.remarks, ...verdictOn(each)]);
  const sentences = new Map(
    remarks.filter((each) => !isAboutThisImage(each)).map((each) => [each.code, remarkText(each)]),
  );
  const skipped = problemCount === 0 ? [] : [`${plural(problemCount, 'image')} could not be explained.`];
  return [...sentences.values(), ...skipped]
    .map((line) =>
      wrapped(line, '')
        .map((part) => `${part.slice(1)}\n`)
        .join(''),
    )
    .join('');
}

/** The choices with a sentence each, below the help of `shoulders explain`. */
export function explainChoices(): string {
  const list = (heading: string, entries: readonly (readonly [string, string])[]) => [
    `${heading}:`,
    ...entries.flatMap(([name, meaning]) => wrapped(meaning, `  ${padEnd(name, 12)}`)),
  ];
  return [
    '',
    ...list(
      'Methods',
      explanationMethods.map((method) => [method, methodWords[method].meaning]),
    ),
    ...list(
      'Layers',
      explanationLayers.map((layer) => [layer, layerWords[layer]]),
    ),
    ...list(
      'Of',
      explanationScores.map((of) => [of, scoreWords[of]]),
    ),
    ...list(
      'Colours',
      heatColors.map((colors) => [colors, heatColorWords[colors]]),
    ),
  ].join('\n');
}

/** `start` and the text, wrapped at blanks to 96 columns; further lines are indented to the text's first word. */
function wrapped(text: string, start: string): string[] {
  const lines = [start];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`;
    if (columnsOf(line) > 96 && lines.at(-1)!.trim() !== '') lines.push(`${' '.repeat(start.length)} ${word}`);
    else lines[lines.length - 1] = line;
  }
  return lines;
}
