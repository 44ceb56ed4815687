// The words of the compare panel; strings.ts joins them to the others.

export const compareStrings = {
  compareTitle: 'Compare {count} runs',
  asTable: '{title}, table',
  runsGone: 'No longer there: {runs}.',
  allRunsGone: 'None of these runs is there any more.',
  classesDiffer:
    'These runs learned different classes ({groups}): their numbers answer different questions and cannot be compared.',
  datasetsDiffer:
    'These runs come from different datasets ({groups}): a difference in their numbers may come from the images, not from the model.',
  splitsDiffer:
    'These runs saw different images or another split of them ({groups}): their test sets are not the same, so a difference may come from the images.',
  positivesDiffer:
    'These runs call different classes positive ({groups}): sensitivity and specificity have changed places.',
  stillRunning: 'Not finished yet: {runs}. Test results come with the end of a run.',
  neverTested: 'Ended without test results: {runs}.',
  someRandom: 'Started from random weights, not pretrained: {runs}.',
  // metrics
  compareMetrics: 'Test results',
  compareMetricsHint: 'Weights kept by each run, on its test images; decisions at its own threshold.',
  testAuroc: 'Test AUROC',
  intervalText: '95 % {low} to {high}',
  testImages: 'Test images',
  epochs: 'Epochs',
  network: 'Network',
  best: 'best',
  noBest: 'No best values are marked: these runs were not tested on the same images.',
  copyCsv: 'Copy as CSV',
  copyMarkdown: 'Copy as Markdown',
  openRun: 'Open run {run}',
  // curves
  valLoss: 'Validation loss',
  valAccuracy: 'Validation accuracy',
  valAuroc: 'Validation AUROC',
  valAuprc: 'Validation AUPRC',
  valSensitivity: 'Validation sensitivity',
  valSpecificity: 'Validation specificity',
  trainLoss: 'Training loss',
  trainAccuracy: 'Training accuracy',
  trainAuroc: 'Training AUROC',
  metric: 'Metric',
  logScale: 'Logarithmic',
  overlayLabel:
    '{metric} by epoch of {count} runs. Arrow keys move the crosshair; the same numbers stand in the table below.',
  overlayLegend: 'Runs shown; values at epoch {epoch}',
  overlayEmpty: 'The curves start with the first finished epoch.',
  sameNumbers: 'The same numbers as a table',
  // recipes
  recipeDifferences: 'What differs in the recipes',
  recipesEqual: 'Nothing: the recipes are the same.',
  field: 'Field',
  openDiff: 'Open {first} and {second} in Diff Editor',
  // two runs
  pairTitle: 'Two runs, image by image',
  firstRun: 'First run',
  secondRun: 'Second run',
  pairNeedsTwo: 'Two runs with test results are needed.',
  pairUntested: 'Not tested: {runs}. There is nothing to compare image by image yet.',
  pairUnreadable: 'The test predictions of {runs} cannot be read.',
  pairLoading: 'Reading the test predictions…',
  pairCounts: 'Test images by who was right',
  isRight: '{run} right',
  isWrong: '{run} wrong',
  pairCommon: '{count} {count|image|images} tested by both',
  mcnemarTitle: 'Errors: McNemar’s test',
  mcnemarExact: 'exact binomial',
  mcnemarCorrected: 'χ² with continuity correction',
  mcnemarNone: '{first} and {second} are right and wrong on the same images: there is no difference to test.',
  mcnemarDiffers:
    'Of {discordant} images that only one of them got right, {onlyFirst} went to {first} and {onlySecond} to {second} ({method}, {p}): {better} errs less often, more than chance explains.',
  mcnemarOpen:
    'Of {discordant} images that only one of them got right, {onlyFirst} went to {first} and {onlySecond} to {second} ({method}, {p}): this test set does not tell them apart.',
  delongTitle: 'Ranking: DeLong’s test',
  delongDiffers:
    'The AUROCs differ by {difference} (95 % interval {low} to {high}, {p}): {better} ranks the images better than {worse}, more than chance explains.',
  delongOpen:
    'The AUROCs differ by {difference} (95 % interval {low} to {high}, {p}): this test set does not tell them apart.',
  delongAlike: 'Both AUROCs are {firstArea}, and no image pulls them apart: there is no difference to test.',
  delongNoSpread:
    'The AUROCs are {firstArea} and {secondArea} without any spread on this test set: DeLong’s test has nothing to go by.',
  delongAreas: 'AUROC {first} {firstArea}, {second} {secondArea}',
  delongTwoClasses: 'DeLong’s test compares two classes; here there are {count}.',
  delongTooFew: 'DeLong’s test needs at least two test images of each class.',
  fewOfAClass: 'Fewer than 30 images of a class: the interval is rough.',
  noTestsOtherClasses: 'No tests: the two runs learned different classes.',
  noTestsOtherDataset:
    'No tests: the two runs saw different images or another split (their dataset fingerprints differ). The images below are those that both happened to test.',
  noTestsOtherImages: 'No tests: the two runs did not test the same images.',
  noTestsOtherLabels: 'No tests: some images have another label in one of the two runs.',
  noTestsNoImages: 'No tests: there are no test images.',
  manyComparisons:
    'With {count} runs there are {pairs} pairs: one in twenty comparisons without a true difference falls below p = 0.05, and picking the best two makes it likelier. Take p below {level} as a guide (Bonferroni).',
  disagreements: 'Where they disagree',
  onlyRight: 'Only {run} right ({count})',
  bothWrong: 'Both wrong ({count})',
  noSuchImages: 'None.',
  probabilityOf: 'Numbers are the probability of {className}.',
  trueClass: 'is {className}',
  saysClass: '{run}: {className}, {probability}',
  openImage: 'Open {path} in the editor',
  imageMissing: 'Missing, or no picture that can be shown here',
  showMore: 'Show {count} more',
} as const;
