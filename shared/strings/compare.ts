// The words of the compare panel; strings.ts joins them to the others.

export const compareStrings = {
  compareTitle: 'Compare {count} runs',
  asTable: '{title}, table',
  runsGone: 'No longer there: {runs}.',
  allRunsGone: 'None of these runs exists any more.',
  classesDiffer:
    'These runs learned different classes ({groups}): their results answer different questions and cannot be compared.',
  datasetsDiffer:
    'These runs used different datasets ({groups}): a difference in their results may come from the images, not from the model.',
  splitsDiffer:
    'These runs used different images or a different split of them ({groups}): their test sets are not the same, so a difference may come from the images.',
  positivesDiffer:
    'These runs treat different classes as positive ({groups}): sensitivity and specificity are swapped.',
  stillRunning: 'Not finished yet: {runs}. Test results are available once a run has finished.',
  neverTested: 'Ended without test results: {runs}.',
  someRandom: 'Started from random weights, not pretrained: {runs}.',
  // metrics
  compareMetrics: 'Test results',
  compareMetricsHint: 'Each run’s kept weights on its test images; decisions at its own threshold.',
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
    '{metric} by epoch for {count} runs. Arrow keys move the crosshair; the same numbers are in the table below.',
  overlayLegend: 'Runs shown; values at epoch {epoch}',
  overlayEmpty: 'The curves appear after the first finished epoch.',
  sameNumbers: 'The same numbers as a table',
  // recipes
  recipeDifferences: 'Recipe differences',
  recipesEqual: 'None: the recipes are the same.',
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
  pairCounts: 'Test images by which run was right',
  isRight: '{run} right',
  isWrong: '{run} wrong',
  pairCommon: '{count} {count|image|images} tested by both',
  mcnemarTitle: 'Errors: McNemar’s test',
  mcnemarExact: 'exact binomial',
  mcnemarCorrected: 'χ² with continuity correction',
  mcnemarNone: '{first} and {second} are right and wrong on the same images: there is no difference to test.',
  mcnemarDiffers:
    'Of {discordant} images that only one of them got right, {first} got {onlyFirst} and {second} got {onlySecond} ({method}, {p}): {better} makes fewer errors, a larger difference than chance explains.',
  mcnemarOpen:
    'Of {discordant} images that only one of them got right, {first} got {onlyFirst} and {second} got {onlySecond} ({method}, {p}): this test set does not tell them apart.',
  delongTitle: 'Ranking: DeLong’s test',
  delongDiffers:
    'The AUROCs differ by {difference} (95 % interval {low} to {high}, {p}): {better} ranks the images better than {worse}, a larger difference than chance explains.',
  delongOpen:
    'The AUROCs differ by {difference} (95 % interval {low} to {high}, {p}): this test set does not tell them apart.',
  delongAlike: 'Both AUROCs are {firstArea}, and no image separates them: there is no difference to test.',
  delongNoSpread:
    'The AUROCs are {firstArea} and {secondArea} with zero variance on this test set: DeLong’s test cannot be computed.',
  delongAreas: 'AUROC {first} {firstArea}, {second} {secondArea}',
  delongTwoClasses: 'DeLong’s test requires two classes; here there are {count}.',
  delongTooFew: 'DeLong’s test needs at least two test images of each class.',
  fewOfAClass: 'Fewer than 30 images of a class: the interval is approximate.',
  noTestsOtherClasses: 'No tests: the two runs learned different classes.',
  noTestsOtherDataset:
    'No tests: the two runs used different images or a different split (their dataset fingerprints differ). The images below are those that both happened to test.',
  noTestsOtherImages: 'No tests: the two runs did not test the same images.',
  noTestsOtherLabels: 'No tests: some images have different labels in the two runs.',
  noTestsNoImages: 'No tests: there are no test images.',
  manyComparisons:
    'With {count} runs there are {pairs} pairs: one in twenty comparisons without a true difference falls below p = 0.05, and picking the best two makes that more likely. Take p below {level} as a guide (Bonferroni).',
  disagreements: 'Where they disagree',
  onlyRight: 'Only {run} right ({count})',
  bothWrong: 'Both wrong ({count})',
  noSuchImages: 'None.',
  probabilityOf: 'Numbers are the probability of {className}.',
  trueClass: 'is {className}',
  saysClass: '{run}: {className}, {probability}',
  openImage: 'Open {path} in the editor',
  imageMissing: 'Missing, or not an image that can be shown here',
  showMore: 'Show {count} more',
} as const;
