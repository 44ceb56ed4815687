// What can go wrong in the user's world: code -> sentence. Codes and parameters travel; the table speaks, once, at the edge.
// A sentence says what is wrong, with the values seen, and what to do.

import { filled } from '../filled.ts';
import type { Finding } from './finding.ts';

/**
 * Where the cause of a problem is. `input`: in what a person gave, who can correct it. `world`: in the machine, its disk, the network or this
 * program, with good input. `note`: the sentence ends nothing, it is shown beside the results.
 */
export type ProblemKind = 'input' | 'world' | 'note';

interface Sentence<Kind extends ProblemKind> {
  readonly kind: Kind;
  /** English, with the {placeholders} of filled.ts. */
  readonly text: string;
}
const input = (text: string): Sentence<'input'> => ({ kind: 'input', text });
const world = (text: string): Sentence<'world'> => ({ kind: 'world', text });
const note = (text: string): Sentence<'note'> => ({ kind: 'note', text });

const problems = {
  // dataset
  folderMissing: input('Cannot find the folder "{folder}": check the path.'),
  notADataset: input(
    '"{folder}" holds no class folders with images: make one folder per class (for example cat and dog), or train, val and test folders that hold them.',
  ),
  allPassedOver: input(
    '"{folder}" holds no image that can be used: all of its files were passed over, namely {reasons}. Put JPEG, PNG, WebP, AVIF, GIF, BMP, TIFF, PGM or PPM files into one folder per class.',
  ),
  classPassedOver: input(
    'Class "{className}" has no images in {split}: its files were passed over, namely {reasons}. Add images that can be read, or remove the folder.',
  ),
  oneClass: input(
    '"{folder}" holds one class only ("{className}"): a classifier needs at least two class folders with images.',
  ),
  emptyClass: input('Class "{className}" has no images in {split}: add images or remove the folder.'),
  classMissingInSplit: input('Class "{className}" is missing in {split}: every split needs images of every class.'),
  tooFewImages: input(
    'Class "{className}" has {count} usable {count|image|images}, too few to stand in train, val and test: add images (at least {needed}).',
  ),
  allCorrupt: input(
    'None of the images in "{folder}" ({count}) can be decoded: {reasons}. Save them again as JPEG or PNG.',
  ),
  ambiguousFolders: input(
    'The folders {names} differ only in upper and lower case, or in how accents are stored: rename one, so that they mean the same on every machine.',
  ),
  nestedDataset: input(
    '"{folder}" holds one folder only ("{className}"), which looks like the dataset itself: choose that one.',
  ),
  twoFoldersForSplit: input('The folders {names} in "{folder}" both mean the split {split}: keep one of them.'),
  sameFoldersInEach: input(
    'Each of the folders {names} in "{folder}" holds the same folders ({inner}), so they may be splits or patients rather than classes: name splits train, val and test; if they are the classes, set groups in the recipe to "folder" (the inner folders are patients or other groups) or to "image" (they are not).',
  ),
  tooFewGroups: input(
    'The images of class "{className}" belong to too few groups (patients, or copies of one file) to stand in every split: {count}, at least {needed} are needed.',
  ),
  noGroupSplit: input(
    'No way to divide the {groups} groups (patients, places, or copies of one file) gives {splits} every class without tearing a group apart, since these classes are in too few groups: {classes}. Add images of them from other groups, leave one of them out, or make folders train, val and test yourself.',
  ),
  groupSplitNotFound: input(
    'No way was found to divide the {groups} groups (patients, places, or copies of one file) so that {splits} have every class and no group is torn apart; the class in the fewest groups is {classes}. Add images of it from other groups, leave it out, or make folders train, val and test yourself.',
  ),
  relocatedOthers: input(
    'The images in "{folder}" are not those of the run "{run}": "{relativePath}" is missing there, or is another image. Choose the folder that holds the images as they were.',
  ),
  tooManyVanished: world(
    '{count} {count|image that was|images that were} there at the check {count|is|are} gone or changed now (for example "{relativePath}"): restore them and start again.',
  ),
  positiveClassUnknown: input(
    'The recipe names "{className}" as the positive class, but the classes are {classNames}: correct positiveClass.',
  ),
  // recipe and arguments
  recipeNotFound: input('There is no recipe "{name}": use one of {known}, or the path of a recipe file.'),
  recipeNotJson: input('Cannot read the recipe "{file}": {reason}.'),
  recipeUnknownField: input('The recipe has no field "{field}": did you mean "{nearest}"?'),
  recipeInvalid: input('The recipe field "{field}" is not usable: {reason}.'),
  badSetting: input(
    'Cannot understand the setting "{setting}": write key=value, for example seed=7 or stages.0.epochs=3.',
  ),
  gridFieldTwice: input('The field "{field}" stands in the grid twice: write all its values behind one =.'),
  gridTooLarge: input('These values make {count} runs, at most {most} are started at once: leave some out.'),
  badArgument: input('{reason}'),
  // weights
  weightsNotFound: input(
    'Cannot find the weights file "{file}": check the path, or use --weights none to start from random weights.',
  ),
  weightsOthers: input(
    'The weights "{file}" are not those that the run "{run}" began with: give the file that it read, or start a new run.',
  ),
  weightsNotAllowed: input(
    'The weights {name} ({sizeMB} MB) are not on this machine yet: allow the download with --download, name a local file with --weights, or start from random weights with --weights none.',
  ),
  weightsUnknownName: input(
    'There are no official weights "{name}" for {network}: use one of {known}, a .pth or .safetensors file, or none.',
  ),
  weightsBroken: input('Cannot read the weights "{file}": {reason}. Get the file again.'),
  weightsUnsafe: input(
    'The weights "{file}" were refused: {reason}. Only tensors and dictionaries are read from a weights file.',
  ),
  weightsWrongDepth: input(
    'The weights "{file}" do not fit {network}: they look like {looksLike}. Choose the matching network or another file.',
  ),
  weightsNoResNet: input(
    'Cannot find a ResNet in the weights "{file}": they hold {seen}. Choose a file with a {network} as torchvision, timm, Lightning or transformers save it.',
  ),
  weightsSeveral: input(
    'The weights "{file}" hold several networks that fit {network} ({paths}): choose one with --weights-prefix or the recipe’s weightsPrefix, for example {example}',
  ),
  weightsNoPrefix: input(
    'The weights "{file}" hold no ResNet under the prefix "{prefix}" (found under: {known}): choose one of these with --weights-prefix or the recipe’s weightsPrefix, or leave it out.',
  ),
  weightsMismatch: input(
    'The weights "{file}" do not fit {network}: {reason}. Choose another file or the matching network.',
  ),
  weightsNotFinite: input('The weights "{file}" hold values that are not finite ({tensor}): get the file again.'),
  downloadFailed: world(
    'Cannot download {url}: {reason}. Check the connection or proxy, name a local file with --weights, or use --weights none.',
  ),
  downloadHash: world(
    'The download of {url} is not the published file (its SHA-256 starts with {seen}, {expected} is expected): a proxy may have replaced it. Try again, or name a local file with --weights.',
  ),
  // engines that are installed
  installUnknown: input('There is no engine "{name}" to install on this machine: it can have {names}.'),
  installBusy: world(
    'The engine {name} is being installed or removed by process {pid}: wait for that, or end it first.',
  ),
  installBusyElsewhere: world(
    'The engine {name} is being installed or removed on {host}, which shares this folder: wait for that, or end it there.',
  ),
  installNoSpace: world(
    'The engine {name} needs {needed} at "{folder}", but only {free} are free there: free some space and start again.',
  ),
  installDownload: world(
    'Cannot download {url}: {reason}. Check the connection or proxy and start again (what has arrived is kept), or give the files with --from.',
  ),
  installHash: world(
    'The download of {url} is not the published file (its SHA-256 is {seen}, {expected} is expected): a proxy may have replaced it. Try again, or give the files with --from.',
  ),
  installFileMissing: input(
    'The folder "{folder}" lacks {files}: put them there (`shoulders install --addresses` tells where they are published).',
  ),
  installFileWrong: input(
    'The file "{file}" is not the published one (its SHA-256 starts with {seen}, {expected} is expected): get it again.',
  ),
  installNpmMissing: world(
    'npm was not found on this machine, and it is what installs TensorFlow.js: install Node.js (https://nodejs.org), which brings it, and start again, or give a folder with --from in which it was installed elsewhere.',
  ),
  installNpm: world(
    'npm could not install {package} {version} ({reason}): check the connection and the settings of npm, and start again. Nothing was left behind.',
  ),
  installNativePart: world(
    'The native part of {package} {version}, which its installation gets from storage.googleapis.com, did not come ({reason}): start again where that host can be reached, or install it on another machine with the same system by npm install --prefix FOLDER {package}@{version}, bring that folder here and give it with --from.',
  ),
  installWithoutGpu: world(
    'The package {package} finds no GPU that it can use: it needs an NVIDIA driver, CUDA 11.2 and cuDNN 8.1. Install these and start again, or install the engine tensorflow, which computes on the processor.',
  ),
  installDoesNotLoad: world(
    'The package {package} {version} was installed but cannot be loaded here ({reason}): nothing of it was kept. Mend the reason and start again, or choose another engine.',
  ),
  installFolderLacks: input(
    'The folder "{folder}" has no whole {package} {version} in its node_modules: make it on a machine with the same system, by npm install --prefix FOLDER {package}@{version}, and bring all of it.',
  ),
  installCannotWrite: world('Cannot write "{file}": {reason}. Make its folder writable and start again.'),
  // evaluation
  noImagesPassedOver: input(
    'There are no images to evaluate in "{folder}"{where}: its files were passed over, namely {reasons}. Choose a folder of images, or of class folders.',
  ),
  noImages: input(
    'There are no images to evaluate in "{folder}"{where}: choose a folder of images, or of class folders.',
  ),
  splitMissing: input('The folder "{folder}" has no {split} folder: leave --split out to evaluate all of its images.'),
  unknownClasses: input(
    'The folder "{folder}" has folders that are no class of this model: {names} (its classes: {classNames}). Rename them, leave them out (--ignore-unknown-classes), or predict without labels (--unlabelled).',
  ),
  classesAmbiguous: input(
    'The folders {names} in "{folder}" could all stand for the class "{className}": rename or remove all but one.',
  ),
  noneUsable: input('None of the images ({count}) can be evaluated (for example "{relativePath}": {reason}).'),
  imagesGone: input(
    'The {split} images of the run "{run}" are gone from "{folder}" or have changed (for example "{relativePath}"): restore them, or evaluate another folder with --data.',
  ),
  scoresAllNotFinite: world('The model gives no finite score for any of the images ({count}): its weights are broken.'),
  thresholdNeedsTwo: input('A threshold decides between two classes; this model has {count}: leave --threshold out.'),
  thresholdOutOfRange: input('The threshold {value} is no probability: give a number from 0 to 1.'),
  onnxRefused: input(
    'The model "{file}" was refused: {reason}. Only ONNX models that Shoulders has exported can be evaluated.',
  ),
  modelNotFound: input('There is no run or ONNX model "{model}": name a run folder or an .onnx file.'),
  dataNeeded: input(
    'The model "{model}" comes without its run, whose images could be evaluated again: name a folder of images with --data.',
  ),
  recordExists: input('The folder "{folder}" is there already: name a new one with --out.'),
  recordBroken: input('Cannot read the evaluation "{folder}": {reason}.'),
  // disk
  cannotWrite: world('Cannot write "{file}": {reason}. Make its folder writable and try again.'),
  diskFull: world('The disk is full: "{file}" could not be written. Free some space and try again.'),
  // … before a run has a folder
  noRoomForRun: world(
    'This run needs about {needed} in "{folder}", but only {free} are free there: free some space, or choose another runs folder with --runs.',
  ),
  noRoomToGoOn: world(
    'To go on, this run needs about {needed} more in "{folder}", but only {free} are free there: free some space and resume again.',
  ),
  cannotStart: world(
    'Cannot write "{file}": {reason}. Choose another runs folder with --runs, or make this one writable.',
  ),
  noRoomToStart: world(
    'The disk is full: "{file}" could not be written. Free some space, or choose another runs folder with --runs.',
  ),
  // … while it waits
  waitsForRoom: note(
    'Paused, because the disk is full: "{file}" needs {needed}, and {free} are free. Free some space: the run goes on by itself, and nothing is lost.',
  ),
  waitsForSpace: note(
    'Paused, because the disk is full: "{file}" could not be written. Free some space: the run goes on by itself, and nothing is lost.',
  ),
  waitsForDisk: note(
    'Paused, because "{file}" cannot be written: {reason}. As soon as it can, the run goes on by itself, and nothing is lost.',
  ),
  // … when it has ended
  cannotWriteInRun: world(
    'Cannot write "{file}": {reason}. What was written before is kept: once the folder can be written again, resume the run (`shoulders resume "{run}"`, in the editor Resume).',
  ),
  diskFullInRun: world(
    'The disk is full: "{file}" could not be written. What was written before is kept: free some space, then resume the run (`shoulders resume "{run}"`, in the editor Resume).',
  ),
  cannotSave: world('Cannot write "{file}": {reason}. Choose another place.'),
  exportExists: input('There is already {files}: choose another name, or replace what is there with --force.'),
  exportOntoRun: input('"{file}" is a file of the run itself: choose another place for the export.'),
  exportDiffers: world(
    'The {format} file would not answer as the run does (on {image} a probability differs by {difference}, at most {tolerance} is expected), so nothing was written. Please report this.',
  ),
  imageGone: input('The image "{relativePath}" is not there any more: it was moved or deleted.'),
  imageOutside: input('The image "{relativePath}" is not inside "{folder}": only images of the dataset can be moved.'),
  targetNotAClass: input('The folder "{target}" is not a class folder of "{folder}": move the file in the explorer.'),
  readingHangs: world(
    'Reading the images does not end: {count} files, the last of them "{relativePath}", took longer than {seconds} s each. Check the disk or the network drive that they are on, then start again.',
  ),
  datasetTooWide: input(
    'The folder "{folder}" is a whole disk or holds your home folder: choose the folder that holds the class folders.',
  ),
  imageBehindLink: input(
    'The image "{relativePath}" cannot be moved here: a folder in its path is a symbolic link to "{folder}", so the move would take it out of that folder or into it. Move the file by hand.',
  ),
  linkWouldBreak: input(
    'The image "{relativePath}" is a symbolic link (to "{link}") that would break, or lead to another file, in the new folder: move it by hand.',
  ),
  classFolderUnknown: input(
    'Cannot tell which folder of "{relativePath}" is its class: move the file in the explorer.',
  ),
  cannotMove: input(
    'Cannot move "{relativePath}" to "{to}": check that the folder can be written to, and that no such file is there.',
  ),
  tableTooLong: input('The table of {epochs} epochs is too long for the clipboard: save it as CSV.'),
  // runs
  runNotFound: input('There is no run "{run}": name a run folder.'),
  runBroken: input('Cannot read the run "{run}": {reason}.'),
  runWithoutWeights: input(
    'The run "{run}" has no weights: there is no "{file}" in its folder. They are kept from its first finished epoch on; if there was one, the file was moved or deleted. Restore it, or choose another run.',
  ),
  runWithoutImageList: input(
    'The run "{run}" has no usable "{file}", which names its validation and test images ({reason}): evaluate it on a folder with --data.',
  ),
  runNewer: input('The run "{run}" was written by a newer version: update the extension to open it.'),
  runBusy: input('The run "{run}" is being worked on by process {pid}: stop it first.'),
  runElsewhere: input(
    'The run "{run}" is being worked on by process {pid} on {host}, which gave its last sign {ago} ago: stop it, or, if that process is gone, take the run over (`shoulders resume` with --take-over).',
  ),
  runTakenOver: world(
    'The run "{run}" has been taken over by another process: this one ends and writes nothing more into its folder.',
  ),
  logGrew: world(
    'Another process writes into "{file}": this one ends, so that neither tears what the other writes. Look at `shoulders runs` for who works on the run.',
  ),
  runFinished: input('The run "{run}" is finished: there is nothing left to do. Start a new run to train again.'),
  runUnstable: input(
    'The run "{run}" became unstable, and going on would end the same way: start a new run with a lower learning rate.',
  ),
  runNotOpen: input('The run "{run}" is not going on (it is {status}): there is nothing to {action}.'),
  runNotPaused: input('The run "{run}" is not paused: there is nothing to continue.'),
  datasetMoved: input(
    'The dataset of the run "{run}" is no longer at "{folder}": put it back, or give its new place with --data FOLDER.',
  ),
  datasetChanged: world(
    'The images in "{folder}" are not those that the run "{run}" began with: restore them and resume again, or start a new run.',
  ),
  checkpointMissing: input(
    'The run "{run}" has epochs but no "{file}": it cannot go on. Its weights can be exported; start a new run to train again.',
  ),
  checkpointUnusable: input('The checkpoint of this run cannot be used ({reason}): start a new run.'),
  checkpointDamaged: note(
    'The newest checkpoint could not be used ({reason}): the run went on from the one before it, of epoch {epoch}.',
  ),
  checkpointLost: note('The only checkpoint could not be used ({reason}): the run began anew.'),
  modelDamaged: input(
    'The weights "{file}" of the run "{run}" cannot be used ({reason}): copy the file again from where it is whole. A run that has not finished writes it anew when it is resumed.',
  ),
  fileDamaged: input(
    'The file "{file}" was damaged or changed since it was written (its checksum does not match): restore it from a copy, or evaluate again.',
  ),
  withoutChecksums: note(
    'These files were written by a version without checksums: whether they are as they were written cannot be verified.',
  ),
  // predictions/*.csv
  predictionsMalformed: input(
    'The predictions cannot be read from row {row} on ({reason}): restore the file, or evaluate again.',
  ),
  predictionsOfOtherClasses: input(
    'The predictions begin with {header}, not with {expected}: the file is of other classes or was changed. Restore it, or evaluate again.',
  ),
  predictionsEmpty: input('The predictions have no rows: restore the file, or evaluate again.'),
  predictionsUnusable: input(
    'None of the rows of the predictions ({count}) has a class of the model and probabilities from 0 to 1 (row {rows}): restore the file, or evaluate again.',
  ),
  // explanations
  imageMissing: input('Cannot find the image "{file}": it was moved or deleted, or the path is wrong.'),
  imageUnusable: input('Cannot explain the image "{file}": {reason}.'),
  classUnknown: input('The run knows no class "{className}": use one of {classNames}, or predicted, or true.'),
  trueClassUnknown: input(
    'The image "{file}" does not lie in a folder with the name of a class, so its true class is not known: name the class (one of {classNames}), or use predicted.',
  ),
  // training
  notFinite: world(
    'Training became unstable in stage {stage}, epoch {epoch}, batch {step}: the {what} is not a finite number. The best weights before it are kept; try a lower learning rate.',
  ),
  outputNotFinite: world(
    'The network gives no finite number for the image "{relativePath}", so there are no test figures. The best weights are kept; try a lower learning rate, or leave that image out.',
  ),
  outOfMemory: world('Not enough memory for batches of {batch}: try --set batchSize.train={suggested}.'),
  outOfMemoryForStatistics: world(
    'Not enough memory to measure BatchNorm statistics over {batch} images, the fewest that say enough at {imageSize} px: close other programs, or start from pretrained weights.',
  ),
  outOfMemoryForOne: world(
    '{device} has not enough memory for one image at a time: close other programs and resume the run, or start again with a smaller imageSize or network.',
  ),
  engineFailed: world('The engine {engine} stopped: {reason}.'),
  engineUnavailable: world('The engine {engine} cannot be used here: {reason}.'),
  engineNotInstalled: world(
    'The engine {engine} is not installed on this machine: install it (`shoulders install {engine}`, in the editor Shoulders: Install Engine…), or choose another engine.',
  ),
  // which device computes
  gpuFaster: note('{gpu} computes: {gpuRate} images a second in a trial, the processor {cpuRate}.'),
  gpuSlower: note('The processor computes: {cpuRate} images a second in a trial, {gpu} {gpuRate}.'),
  gpuSoftware: note('The processor computes: the only graphics driver here is software ({gpu}).'),
  gpuNone: note('The processor computes: WebGPU finds no graphics device here.'),
  gpuNotUsable: note('The processor computes: no graphics device can be used ({reason}).'),
  gpuDiffers: note('The processor computes: {gpu} gave other numbers than the processor in a check ({difference}).'),
  gpuAsked: note('{gpu} computes, as asked: it gave the numbers of the processor in a check.'),
  gpuSoftwareAsked: note(
    '{gpu} computes, as asked: a software driver, which itself runs on the processor and is slower than the engine cpu.',
  ),
  coremlAsked: note(
    '{gpu} computes, as asked, by Core ML: the frozen part of the network and evaluations, since Core ML cannot compute training steps, which the processor does. It gave the numbers of the processor in a check.',
  ),
  gpuDiffered: note(
    '{gpu} gave other probabilities for the validation images than the processor (one by {difference}): the curves of this run may be wrong. Its threshold and its figures at the end are those of the processor.',
  ),
  gpuStopped: note(
    'The graphics device {gpu} failed during the run ({reason}): the run went on from epoch {epoch} with the processor.',
  ),
  engineKilled: note(
    'The process that computes ({device}) was ended from outside: the run goes on from epoch {epoch} with as many images at once as before. If that happens again at once, memory is taken to be the reason.',
  ),
  fewerAtOnce: note(
    '{device} had not enough memory for {before} images at once: from epoch {epoch} on it takes {now} at once and adds the gradients of each batch of {batch} up, so that the results stay the same.',
  ),
  tensorflowMissing: input(
    'TensorFlow.js is not installed in "{folder}": install it (`shoulders install tensorflow`, with an NVIDIA GPU `tensorflow-gpu`; in the editor Shoulders: Install Engine…), or choose another engine.',
  ),
  tensorflowWithoutBinary: input(
    'The package {package} lacks its native part, which its installation downloads: run npm rebuild --prefix "{folder}" {package} where the network can be reached, or choose another engine.',
  ),
  tensorflowWithoutGpu: input(
    'The package {package} finds no GPU that it can use: it needs an NVIDIA driver, CUDA 11.2 and cuDNN 8.1. Install them, or take the package for the CPU: npm uninstall --prefix "{folder}" {package}, then npm install --prefix "{folder}" @tensorflow/tfjs-node.',
  ),
  tensorflowUnusable: input(
    'The package {package} cannot be loaded ({reason}): remove the folder "{folder}" and install it again, or choose another engine.',
  ),
  runnerDied: world('The training process ended unexpectedly ({reason}): its last lines are in "{log}".'),
  runnerOutOfMemory: world(
    'The training process ended unexpectedly ({reason}): close other programs and resume the run, or start again with batchSize.train {suggested} instead of {batch}. Its last lines are in "{log}".',
  ),
  internal: world('Something went wrong inside Shoulders: {reason}. The log has the details: "{log}".'),
  // warnings
  randomWeights: note(
    'This run starts from random weights, not from ImageNet: with few images its numbers will be far below those of a pretrained network.',
  ),
  doubleBalancing: note('Class weights and balanced sampling are both on: rare classes are favoured twice.'),
  smallSplit: note(
    'The {split} split has only {count} {count|image|images}: its numbers move by {step} points with every single image.',
  ),
  leak: note(
    '{count} {count|image or group stands|images or groups stand} in more than one split: the test numbers are too good to be true.',
  ),
  innerFolders: note(
    '{torn} of the {folders} folders within the class folders (for example "{example}") {torn|has|have} images in more than one split, {images} in all: if each folder is a patient or another group, the test numbers are too good to be true. Set groups to "folder" in the recipe (--set groups=folder), so that each stays in one split or, where the splits are given, is reported as a leak; or to "image" if they are no groups.',
  ),
  nearLeak: note(
    '{count} images look almost the same as images of another split (for example {example}): if they are copies or series of one scene, the test numbers are too good to be true. Look at them, and keep what belongs together in one split.',
  ),
  flipLaterality: note(
    'Horizontal flips are on: they mirror left and right, which matters when the side is part of the finding.',
  ),
  flipSides: note(
    'Horizontal flips are on, and names here tell sides ({names}): a mirrored image then bears the wrong side. Set trainViews.randomHorizontalFlip to 0, unless the side cannot be seen.',
  ),
  identifyingMarks: note(
    'These images may tell who a person is ({marks}): remove that before images, predictions or reports leave your hands. Names of files stand in predictions and reports.',
  ),
  depthOutliers: note(
    'Most of the {total} 16-bit images fit into {othersFit} bits, but some do not ({count}, up to {largest} in "{relativePath}"), so all are read as {depth} bits and most look dark to the network. If the bright ones are mistakes, take them out, or set depth to {othersFit}.',
  ),
  filesPassedOver: note(
    'Only {used} {used|image|images} of this dataset {used|is|are} used: others were passed over, namely {reasons}. Make these readable, or take them out if they do not belong to it.',
  ),
  depthClips: note(
    '{count} {count|image holds|images hold} 16-bit values above {depth} bits (for example "{relativePath}", up to {largest}): everything above {white} is white to the network. Set depth to auto or 16 to keep it.',
  ),
  unverifiedWeights: note(
    'The weights file "{name}" is not one of the official ones: nothing was checked against a published hash.',
  ),
  weightsChosen: note(
    'The weights file "{name}" holds several networks: "{taken}" is used; also suitable: {others}. Set weightsPrefix to choose another.',
  ),
  featureCacheOff: note(
    'The cache of features was given up ({reason}): the run is right, but slower, and the next one will not profit.',
  ),
  imagesLost: note(
    '{count} {count|image was|images were} there at the check but gone or changed later (for example "{relativePath}"): {count|it was|they were} skipped.',
  ),
  leftAlone: note('No editor window looked after this run any more: it was stopped, and its best weights are kept.'),
  trainedOn: note(
    '{count} of these {total} images {count|was|were} trained on: on {count|it|them} the model shows what it remembers, not what it can do with new images.',
  ),
  resumedReadOtherwise: note(
    '{count} of the {total} images (for example "{relativePath}") {count|is|are} read differently from when this run began: 16 bits, bands beside the colours, transparency in greys or small GIF frames. Its epochs before and after do not see the same pixels; start a new run to compare.',
  ),
  weightsAnswerOtherwise: input(
    'The weights "{file}" of the run "{run}" were changed since the run recorded its predictions (on "{relativePath}" a probability differs by {difference}; at most {most} is expected), so nothing was written: copy the file again from where it is whole.',
  ),
  computesOtherwise: note(
    'This machine gives other answers on the run’s own images than the run recorded (on "{relativePath}" a probability differs by {difference}), although the weights are the same: decisions near the threshold may differ.',
  ),
  readOtherwise: note(
    '{count} of these {total} images (for example "{relativePath}") {count|is|are} read differently from when the run was made: 16 bits, bands beside the colours, transparency in greys or small GIF frames. The results may differ from the run’s own; train again to compare.',
  ),
  chosenOn: note(
    '{count} of these {total} images {count|is a validation image|are validation images} of the run: epoch and threshold were chosen on {count|it, so its|them, so their} numbers flatter.',
  ),
  overlapUnknown: note(
    'It is not known whether these images were trained on: the list of the training images is not here.',
  ),
  depthExceeded: note(
    '{count} of the 16-bit images {count|holds|hold} values above the {depth} bits that the model was trained with (up to {largest}, for example in "{relativePath}"): everything above {white} was white to it. If they come from another device, bring their values to the same range first.',
  ),
  depthUnfilled: note(
    'All 16-bit images here ({count}) fit into {needed} bits, but the model reads 16-bit images as {depth} bits, so it may have seen them much too dark: if their range is not that of the training images, scale them first.',
  ),
  oneClassOnly: note(
    'All images here are "{className}": AUROC, and whatever else needs a second class, cannot be told.',
  ),
  classesMissing: note('No images of {names} are here: the figures are over the other classes only.'),
  classNamesNormalised: note('Folder names were matched to classes although they are not the same: {pairs}.'),
  unknownClassesIgnored: note(
    '{count} {count|image|images} in folders that are no class of this model {count|was|were} left out: {names}.',
  ),
  scoresNotFinite: note(
    'The model gives no finite score for {count} {count|image|images} (for example "{relativePath}"): {count|it was|they were} left out.',
  ),
  rowsLeftOut: note(
    '{count} of the {total} rows of {file} {count|is|are} left out, since a cell is no probability from 0 to 1 (together 1), no matching logit or no class of the model: row {rows}. What is computed from that file is of the other {used}.',
  ),
  ranksTied: note(
    '{count} of the {total} images in {file} {count|has|have} a probability of exactly 0 or 1, and an older version did not keep how sure the network was: areas, thresholds and temperatures from that file treat them as equally sure. Evaluate the run again to tell them apart.',
  ),
  imagesSkipped: note(
    '{count} {count|image|images} could not be used and {count|was|were} left out (for example "{relativePath}": {reason}).',
  ),
  testLooks: note(
    'The test images have been looked at {count} {count|time|times}: the more often, the less their numbers say about new images.',
  ),
  noTestSplit: note('There is no usable test split: only validation numbers are given.'),
  // alarms: what the curves say after an epoch
  alarmOverfitting: note(
    'Overfitting: since about epoch {since} the validation loss has risen from {low} to {now} while the training loss keeps falling, so the network now learns the training images by heart. The best weights are kept; more images, stronger augmentation, fewer unfrozen layers or fewer epochs help.',
  ),
  alarmDiverging: note(
    'Training is diverging: the loss is {now} and was {low} at its best. Stop and try a learning rate ten times lower; if it happens again, look for wrongly sorted images.',
  ),
  alarmOneClass: note(
    'Every validation image is taken for "{className}": the accuracy is no more than that class\'s share, {percent} %. If the next epochs do not change this, turn on class weights or balanced sampling, or change the learning rate.',
  ),
  alarmSmallValidation: note(
    '{count} validation {count|image|images}: an accuracy of {value} means anything between {low} and {high} (95 % interval). Small steps between epochs, and between runs, may be chance; more validation images tell more.',
  ),
  alarmSmallClass: note(
    '{count} validation {count|image|images} of "{className}": a sensitivity of {value} means anything between {low} and {high} (95 % interval). Small steps between epochs, and between runs, may be chance; more validation images of this class tell more.',
  ),
};

export type ErrorCode = keyof typeof problems;
/** The codes that can end a command. */
export type FailureCode = {
  [Code in ErrorCode]: (typeof problems)[Code]['kind'] extends 'note' ? never : Code;
}[ErrorCode];

/** The English of every code. */
export const sentences: Readonly<Record<ErrorCode, string>> = Object.fromEntries(
  Object.entries(problems).map(([code, { text }]) => [code, text]),
) as Record<ErrorCode, string>;

export const kindOf = (code: ErrorCode): ProblemKind => problems[code].kind;

export type ErrorParams = Record<string, string | number>;

/** Thrown once, where the fact is known; worded at the edge. `cause` keeps the system's error. */
export class UserError extends Error {
  readonly code: FailureCode;
  readonly params: ErrorParams;
  /** Findings up to the error, to be listed beside it. */
  readonly findings: readonly Finding[];
  constructor(
    code: FailureCode,
    params: ErrorParams,
    options?: { readonly cause?: unknown; readonly findings?: readonly Finding[] },
  ) {
    super(sentenceOf(code, params), options);
    this.name = 'UserError';
    this.code = code;
    this.params = params;
    this.findings = options?.findings ?? [];
  }
}

/** The English sentence of a problem; an unknown code (from a newer version) is shown with its parameters. */
export function sentenceOf(code: string, params: ErrorParams): string {
  const template: string | undefined = Object.hasOwn(sentences, code) ? sentences[code as ErrorCode] : undefined;
  if (template === undefined) return `${code}: ${JSON.stringify(params)}`;
  return filled(template, params);
}
