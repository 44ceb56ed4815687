// Problems in the user's world: code -> sentence. Code and parameters are passed on; the sentence is made once, where it is shown.
// A sentence says what is wrong, with the values seen, and what to do.

import { filled } from '../filled.ts';
import type { Finding } from './finding.ts';

/**
 * Origin of a problem. `input`: given by the user, who can correct it. `world`: the machine, its disk, the network or this
 * program, despite valid input. `note`: ends nothing, and is shown beside the results.
 */
export type ProblemKind = 'input' | 'world' | 'note';

interface Sentence<Kind extends ProblemKind> {
  readonly kind: Kind;
  /** English, with the {placeholders} of filled.ts. */
  readonly text: string;
  /** The fact alone, where it is not the text's first clause. */
  readonly brief?: string;
}
const input = (text: string): Sentence<'input'> => ({ kind: 'input', text });
const world = (text: string): Sentence<'world'> => ({ kind: 'world', text });
const note = (text: string, brief?: string): Sentence<'note'> => ({ kind: 'note', text, ...(brief ? { brief } : {}) });

const problems = {
  // dataset
  folderMissing: input('Cannot find the folder "{folder}": check the path.'),
  notADataset: input(
    '"{folder}" contains no class folders with images: create one folder per class (for example cat and dog), or train, val and test folders that contain them.',
  ),
  allPassedOver: input(
    '"{folder}" contains no usable image; all of its files were skipped: {reasons}. Put JPEG, PNG, WebP, AVIF, GIF, BMP, TIFF, PGM or PPM files into one folder per class.',
  ),
  classPassedOver: input(
    'Class "{className}" has no images in {split}; its files were skipped: {reasons}. Add readable images, or remove the folder.',
  ),
  oneClass: input(
    '"{folder}" contains only one class ("{className}"): a classifier needs at least two class folders with images.',
  ),
  emptyClass: input('Class "{className}" has no images in {split}: add images or remove the folder.'),
  classMissingInSplit: input('Class "{className}" is missing from {split}: every split needs images of every class.'),
  tooFewImages: input(
    'Class "{className}" has {count} usable {count|image|images}, too few for train, val and test: add images (at least {needed} are needed).',
  ),
  allCorrupt: input(
    'None of the images in "{folder}" ({count}) can be decoded: {reasons}. Save them again as JPEG or PNG.',
  ),
  ambiguousFolders: input(
    'The folders {names} differ only in upper and lower case, or in how accents are encoded: rename one, so that every machine reads them the same way.',
  ),
  nestedDataset: input(
    '"{folder}" contains only one folder ("{className}"), which looks like the dataset itself: choose that one.',
  ),
  twoFoldersForSplit: input('The folders {names} in "{folder}" both name the split {split}: keep one of them.'),
  sameFoldersInEach: input(
    'Each of the folders {names} in "{folder}" contains the same folders ({inner}), so they may be splits or patients rather than classes: name splits train, val and test; if they are the classes, set groups in the recipe to "folder" (the inner folders are patients or other groups) or to "image" (they are not).',
  ),
  classesNamedLikeSplits: input(
    'The folders {names} in "{folder}" are named like splits, but cannot be read as such: name splits train, val and test, and put one folder per class, and no images beside them, into each; if they are the classes, rename them, or set groups in the recipe to "folder" (their folders are patients or other groups) or to "image".',
  ),
  groupPatternTooFar: input(
    'groupPattern {pattern} matches no image: it is applied to the path within the class folder ("{path}"), but matches "{outer}". Leave out its part for the class folder or the split, as in {suggestion}, or set groups to "image" if no images belong together.',
  ),
  tooFewGroups: input(
    'The images of class "{className}" come from too few groups (patients, or copies of one file) to appear in every split: {count}, but at least {needed} are needed.',
  ),
  noGroupSplit: input(
    'No division of the {groups} groups (patients, places, or copies of one file) gives {splits} every class without splitting a group, because these classes occur in too few groups: {classes}. Add images of them from other groups, leave one of them out, or create the folders train, val and test yourself.',
  ),
  groupSplitNotFound: input(
    'No division of the {groups} groups (patients, places, or copies of one file) was found that gives {splits} every class without splitting a group; the class in the fewest groups is {classes}. Add images of it from other groups, leave it out, or create the folders train, val and test yourself.',
  ),
  relocatedOthers: input(
    'The images in "{folder}" are not those of the run "{run}": "{relativePath}" is missing there, or is a different image. Choose the folder that contains the original images.',
  ),
  tooManyVanished: world(
    '{count} {count|image that was|images that were} present at the check {count|is|are} now missing or changed (for example "{relativePath}"): restore {count|it|them} and start again.',
  ),
  positiveClassUnknown: input(
    'The recipe names "{className}" as the positive class, but the classes are {classNames}: correct positiveClass.',
  ),
  // recipe and arguments
  recipeNotFound: input('There is no recipe "{name}": use one of {known}, or the path of a recipe file.'),
  recipeNotJson: input('Cannot read the recipe "{file}": {reason}.'),
  recipeUnknownField: input('The recipe has no field "{field}": did you mean "{nearest}"?'),
  recipeInvalid: input('The recipe field "{field}" is invalid: {reason}.'),
  badSetting: input(
    'Cannot understand the setting "{setting}": write key=value, for example seed=7 or stages.0.epochs=3.',
  ),
  gridFieldTwice: input('"{field}" appears twice in the grid: list all its values after one =.'),
  gridTooLarge: input('These values give {count} runs, but at most {most} can be started at once: leave some out.'),
  badArgument: input('{reason}'),
  jobUnreadable: input('Cannot read the job "{file}": {reason}.'),
  jobOfOtherVersion: input(
    'The job "{file}" has version {version}, but this program reads version {known}: write the job for that version, or update Shoulders.',
  ),
  jobUnknownField: input('The job "{file}" has no field "{field}": did you mean "{nearest}"?'),
  jobInvalid: input('The field "{field}" of the job "{file}" is invalid: {reason}.'),
  // weights
  weightsNotFound: input(
    'Cannot find the weights file "{file}": check the path, or use --weights none to start from random weights.',
  ),
  weightsOthers: input(
    'The weights "{file}" are not those that the run "{run}" started from: give the original file, or start a new run.',
  ),
  weightsNotAllowed: input(
    'The weights {name} ({sizeMB} MB) are not on this machine yet: allow the download with --download, name a local file with --weights, or start from random weights with --weights none.',
  ),
  weightsNotHere: input(
    'The weights {name} ({sizeMB} MB) are not on this machine yet: allow the download with --download, name a local file with --weights, or start without a download from the starter weights, learned from drawings, with --weights starter, or from random weights with --weights none.',
  ),
  weightsUnknownName: input(
    'There are no official weights "{name}" for {network}: use one of {known}, a .pth or .safetensors file, or none.',
  ),
  noStarterWeights: input(
    'There are no starter weights for {network} (only for: {known}): choose another network with --set network=…, official weights, a weights file, or none.',
  ),
  starterBroken: world(
    'The starter weights "{file}" are not the ones that ship with this version ({reason}): install Shoulders again, or choose other weights.',
  ),
  weightsBroken: input('Cannot read the weights "{file}": {reason}. Get the file again.'),
  weightsUnsafe: input(
    'The weights "{file}" were refused: {reason}. Only tensors and dictionaries are read from a weights file.',
  ),
  weightsWrongDepth: input(
    'The weights "{file}" do not fit {network}: they look like {looksLike}. Choose the matching network or another file.',
  ),
  weightsNoNetwork: input(
    'Cannot find a network of the family {family} in the weights "{file}": they contain {seen}. Choose a file with a {network} in the format of torchvision, timm, Lightning or transformers.',
  ),
  // In logs of older versions.
  weightsNoResNet: input(
    'Cannot find a ResNet in the weights "{file}": they contain {seen}. Choose a file with a {network} in the format of torchvision, timm, Lightning or transformers.',
  ),
  weightsSeveral: input(
    'The weights "{file}" contain several networks that fit {network} ({paths}): choose one with --weights-prefix or the recipe’s weightsPrefix, for example {example}',
  ),
  weightsNoPrefix: input(
    'The weights "{file}" contain no network under the prefix "{prefix}" (found under: {known}): choose one of these with --weights-prefix or the recipe’s weightsPrefix, or leave it out.',
  ),
  weightsMismatch: input(
    'The weights "{file}" do not fit {network}: {reason}. Choose another file or the matching network.',
  ),
  weightsNotFinite: input('The weights "{file}" contain values that are not finite ({tensor}): get the file again.'),
  downloadFailed: world(
    'Cannot download {url}: {reason}. Check the connection or proxy, name a local file with --weights, or use --weights none.',
  ),
  weightsNotFetched: world(
    'Cannot download {url}: {reason}. Check the connection or proxy, name a local file with --weights, or start without a download from the starter weights, learned from drawings, with --weights starter, or from random weights with --weights none.',
  ),
  downloadHash: world(
    'The download of {url} is not the published file (its SHA-256 starts with {seen} instead of {expected}): a proxy may have replaced it. Try again, or name a local file with --weights.',
  ),
  // engines that are installed
  installUnknown: input('There is no engine "{name}" to install on this machine: available are {names}.'),
  installBusy: world(
    'Process {pid} is installing or removing the engine {name}: wait for it to finish, or end it first.',
  ),
  installBusyElsewhere: world(
    'The engine {name} is being installed or removed on {host}, which shares this folder: wait for that to finish, or end it there.',
  ),
  installNoSpace: world(
    'The engine {name} needs {needed} in "{folder}", but only {free} is free there: free some space and try again.',
  ),
  installDownload: world(
    'Cannot download {url}: {reason}. Check the connection or proxy and try again (what has been downloaded is kept), or provide the files with --from.',
  ),
  installHash: world(
    'The download of {url} is not the published file (its SHA-256 is {seen} instead of {expected}): a proxy may have replaced it. Try again, or provide the files with --from.',
  ),
  installFileMissing: input(
    'The folder "{folder}" lacks {files}: put them there (`shoulders install --addresses` lists where they are published).',
  ),
  installFileWrong: input(
    'The file "{file}" is not the published one (its SHA-256 starts with {seen} instead of {expected}): get it again.',
  ),
  installNpmMissing: world(
    'npm, which installs TensorFlow.js, was not found on this machine: install Node.js (https://nodejs.org), which includes npm, and try again, or use --from with a folder in which TensorFlow.js was installed on another machine.',
  ),
  installNpm: world(
    'npm could not install {package} {version} ({reason}): check the connection and npm’s settings, then try again. Nothing was left behind.',
  ),
  installNativePart: world(
    'The native part of {package} {version}, which its installer downloads from storage.googleapis.com, did not arrive ({reason}): try again where that host can be reached, or install the package on another machine with the same system by npm install --prefix FOLDER {package}@{version}, copy that folder here and pass it with --from.',
  ),
  installWithoutGpu: world(
    'The package {package} finds no GPU that it can use: it needs an NVIDIA driver, CUDA 11.2 and cuDNN 8.1. Install these and try again, or install the engine tensorflow, which runs on the CPU.',
  ),
  installDoesNotLoad: world(
    'The package {package} {version} was installed but cannot be loaded here ({reason}). Nothing was kept. Fix the cause and try again, or choose another engine.',
  ),
  installFolderLacks: input(
    'The folder "{folder}" has no complete {package} {version} in its node_modules: create it on a machine with the same system, by npm install --prefix FOLDER {package}@{version}, and copy all of it here.',
  ),
  installCannotWrite: world('Cannot write "{file}": {reason}. Make its folder writable and start again.'),
  // evaluation
  noImagesPassedOver: input(
    'There are no images to evaluate in "{folder}"{where}; its files were skipped: {reasons}. Choose a folder of images, or of class folders.',
  ),
  noImages: input(
    'There are no images to evaluate in "{folder}"{where}: choose a folder of images, or of class folders.',
  ),
  splitMissing: input('The folder "{folder}" has no {split} folder: leave --split out to evaluate all of its images.'),
  unknownClasses: input(
    'The folder "{folder}" contains folders that are not classes of this model: {names} (its classes: {classNames}). Rename them, leave them out (--ignore-unknown-classes), or predict without labels (--unlabelled).',
  ),
  classesAmbiguous: input(
    'The folders {names} in "{folder}" could all be the class "{className}": rename or remove all but one.',
  ),
  noneUsable: input('None of the images ({count}) can be evaluated (for example "{relativePath}": {reason}).'),
  imagesGone: input(
    'The {split} images of the run "{run}" are missing from "{folder}" or have changed (for example "{relativePath}"): restore them, or evaluate another folder with --data.',
  ),
  scoresAllNotFinite: world(
    'The model gives no finite score for any of the images ({count}), so its weights are probably damaged: replace the file with an intact copy, or train again.',
  ),
  thresholdNeedsTwo: input('A threshold decides between two classes; this model has {count}: leave --threshold out.'),
  thresholdOutOfRange: input('The threshold {value} is not a probability: give a number from 0 to 1.'),
  onnxRefused: input(
    'The model "{file}" was refused: {reason}. Only ONNX models exported by Shoulders can be evaluated.',
  ),
  modelNotFound: input('There is no run or ONNX model "{model}": name a run folder or an .onnx file.'),
  dataNeeded: input(
    'The model "{model}" comes without its run, so there are no images to evaluate: name a folder of images with --data.',
  ),
  recordExists: input('The folder "{folder}" already exists: name a new one with --out.'),
  recordBroken: input('Cannot read the evaluation "{folder}": {reason}.'),
  // disk
  cannotWrite: world('Cannot write "{file}": {reason}. Make its folder writable and try again.'),
  diskFull: world('The disk is full: "{file}" could not be written. Free some space and try again.'),
  // … before a run has a folder
  noRoomForRun: world(
    'This run needs about {needed} in "{folder}", but only {free} is free there: free some space, or choose another runs folder with --runs.',
  ),
  noRoomToGoOn: world(
    'To continue, this run needs about {needed} more in "{folder}", but only {free} is free there: free some space and resume again.',
  ),
  cannotStart: world(
    'Cannot write "{file}": {reason}. Choose another runs folder with --runs, or make this one writable.',
  ),
  noRoomToStart: world(
    'The disk is full: "{file}" could not be written. Free some space, or choose another runs folder with --runs.',
  ),
  // … while it waits
  waitsForRoom: note(
    'Paused because the disk is full: "{file}" needs {needed}, but only {free} is free. Free some space: the run then continues on its own, and nothing is lost.',
  ),
  waitsForSpace: note(
    'Paused because the disk is full: "{file}" could not be written. Free some space: the run then continues on its own, and nothing is lost.',
  ),
  waitsForDisk: note(
    'Paused because "{file}" cannot be written: {reason}. As soon as it can be, the run continues on its own, and nothing is lost.',
  ),
  // … when it has ended
  cannotWriteInRun: world(
    'Cannot write "{file}": {reason}. Everything written before is kept: once the folder is writable again, resume the run (`shoulders resume "{run}"`, in the editor Resume).',
  ),
  diskFullInRun: world(
    'The disk is full: "{file}" could not be written. Everything written before is kept: free some space, then resume the run (`shoulders resume "{run}"`, in the editor Resume).',
  ),
  cannotSave: world('Cannot write "{file}": {reason}. Choose another place.'),
  exportExists: input('Already there: {files}. Choose another name, or overwrite with --force.'),
  exportOntoRun: input('"{file}" is a file of the run itself: choose another place for the export.'),
  exportDiffers: world(
    'The {format} file would not reproduce the run (on {image} a probability differs by {difference}; at most {tolerance} is expected), so nothing was written. Please report this.',
  ),
  evaluationGone: input('The evaluation in "{folder}" is no longer there: it was moved or deleted.'),
  imageGone: input('The image "{relativePath}" is no longer there: it was moved or deleted.'),
  imageOutside: input('The image "{relativePath}" is not inside "{folder}": only images of the dataset can be moved.'),
  targetNotAClass: input('The folder "{target}" is not a class folder of "{folder}": move the file in the explorer.'),
  readingHangs: world(
    'Reading the images hangs: {count} files, most recently "{relativePath}", took longer than {seconds} s each. Check the disk or network drive that they are on, then start again.',
  ),
  datasetTooWide: input(
    'The folder "{folder}" is a whole disk or contains your home folder: choose the folder that contains the class folders.',
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
    'Cannot move "{relativePath}" to "{to}": check that the folder is writable and that no file of that name exists there.',
  ),
  tableTooLong: input('The table of {epochs} epochs is too long for the clipboard: save it as CSV.'),
  // runs
  runNotFound: input('There is no run "{run}": name a run folder.'),
  runBroken: input('Cannot read the run "{run}": {reason}.'),
  runWithoutWeights: input(
    'The run "{run}" has no weights: there is no "{file}" in its folder. Weights are saved from the first finished epoch on; if there was one, the file was moved or deleted. Restore it, or choose another run.',
  ),
  runWithoutImageList: input(
    'The run "{run}" has no usable "{file}", which names its validation and test images ({reason}): evaluate it on a folder with --data.',
  ),
  runNewer: input('The run "{run}" was written by a newer version: update Shoulders to open it.'),
  runBusy: input('Process {pid} is working on the run "{run}": stop it first.'),
  runElsewhere: input(
    'Process {pid} on {host} is working on the run "{run}" and gave its last sign of life {ago} ago: stop it, or, if that process is gone, take over the run (`shoulders resume` with --take-over).',
  ),
  runTakenOver: world(
    'Another process has taken over the run "{run}": this one ends and writes nothing more to its folder.',
  ),
  logGrew: world(
    'Another process is writing to "{file}": this one ends so that neither corrupts what the other writes. `shoulders runs` shows which process is working on the run.',
  ),
  runFinished: input('The run "{run}" is finished: there is nothing left to do. Start a new run to train again.'),
  runUnstable: input(
    'The run "{run}" became unstable, and continuing would end the same way: start a new run with a lower learning rate.',
  ),
  runNotOpen: input('The run "{run}" is not active (it is {status}): there is nothing to {action}.'),
  runNotPaused: input('The run "{run}" is not paused: there is nothing to continue.'),
  datasetMoved: input(
    'The dataset of the run "{run}" is no longer at "{folder}": put it back, or give its new location with --data FOLDER.',
  ),
  datasetChanged: world(
    'The images in "{folder}" are not those that the run "{run}" started with: restore them and resume again, or start a new run.',
  ),
  checkpointMissing: input(
    'The run "{run}" has epochs but no "{file}", so it cannot be resumed. Its weights can be exported; start a new run to train again.',
  ),
  checkpointUnusable: input('The checkpoint of this run cannot be used ({reason}): start a new run.'),
  checkpointDamaged: note(
    'The newest checkpoint could not be used ({reason}): the run continued from the one before it, of epoch {epoch}.',
  ),
  checkpointLost: note('The only checkpoint could not be used ({reason}): the run started over.'),
  modelDamaged: input(
    'The weights "{file}" of the run "{run}" cannot be used ({reason}): replace the file with an intact copy. A run that has not finished writes it again when it is resumed.',
  ),
  fileDamaged: input(
    'The file "{file}" was damaged or changed since it was written (its checksum does not match): restore it from a copy, or evaluate again.',
  ),
  withoutChecksums: note(
    'These files were written by a version without checksums: whether they are unchanged cannot be verified.',
  ),
  // predictions/*.csv
  predictionsMalformed: input(
    'The predictions cannot be read from row {row} on ({reason}): restore the file, or evaluate again.',
  ),
  predictionsOfOtherClasses: input(
    'The predictions begin with {header} instead of {expected}: the file belongs to other classes or was changed. Restore it, or evaluate again.',
  ),
  predictionsEmpty: input('The predictions have no rows: restore the file, or evaluate again.'),
  predictionsUnusable: input(
    'None of the rows of the predictions ({count}) has a class of the model and probabilities from 0 to 1 (row {rows}): restore the file, or evaluate again.',
  ),
  // explanations
  imageMissing: input('Cannot find the image "{file}": it was moved or deleted, or the path is wrong.'),
  imageUnusable: input('Cannot explain the image "{file}": {reason}.'),
  classUnknown: input('The run has no class "{className}": use one of {classNames}, or predicted, or true.'),
  trueClassUnknown: input(
    'The image "{file}" is not in a folder named after a class, so its true class is unknown: name the class (one of {classNames}), or use predicted.',
  ),
  // training
  notFinite: world(
    'Training became unstable in stage {stage}, epoch {epoch}, batch {step}: the {what} is not a finite number. The best weights before it are kept; try a lower learning rate.',
  ),
  outputNotFinite: world(
    'The network’s output for the image "{relativePath}" is not finite, so there are no test results. The best weights are kept; try a lower learning rate, or leave that image out.',
  ),
  outOfMemory: world(
    'Out of memory with batches of {batch}: start again with batchSize.train {suggested} in the recipe (--set batchSize.train={suggested}).',
  ),
  outOfMemoryForStatistics: world(
    'Out of memory while measuring BatchNorm statistics over {batch} images, the fewest that suffice at {imageSize} px: close other programs, or start from pretrained weights.',
  ),
  outOfMemoryForOne: world(
    '{device} ran out of memory with a single image per pass: close other programs and resume the run, or start again with a smaller imageSize or network.',
  ),
  outOfMemoryForBatchNorm: world(
    'Out of memory with batches of {batch}, which cannot be split where BatchNorm trains: start again with batchSize.train {suggested} in the recipe (--set batchSize.train={suggested}).',
  ),
  batchNormOfOne: input(
    'Stage {stage} trains BatchNorm, which needs at least two images in every batch at {imageSize} px, but {count} training images in batches of {batch} leave a batch of one: choose another batchSize.train, a larger imageSize, or pretrained weights with batchNorm "frozen".',
  ),
  engineFailed: world('The engine {engine} stopped: {reason}.'),
  engineUnavailable: world('The engine {engine} cannot be used here: {reason}. Choose another engine.'),
  engineNotInstalled: world(
    'The engine {engine} is not installed on this machine: install it (`shoulders install {engine}`, in the editor Shoulders: Install Engine…), or choose another engine.',
  ),
  // which device computes
  gpuFaster: note('Using {gpu}: {gpuRate} images/s in a short trial, CPU {cpuRate}.'),
  gpuSlower: note('Using the CPU: {cpuRate} images/s in a short trial, {gpu} {gpuRate}.'),
  gpuSoftware: note('Using the CPU: the only graphics driver here is software ({gpu}).'),
  gpuNone: note('Using the CPU: WebGPU finds no GPU here.'),
  gpuNotUsable: note('Using the CPU: no GPU can be used ({reason}).'),
  gpuDiffers: note('Using the CPU: the results of {gpu} do not match the CPU’s ({difference}).'),
  gpuAsked: note('Using {gpu}, as requested; its results match the CPU’s.'),
  gpuSoftwareAsked: note(
    'Using {gpu}, as requested: a software driver, which itself runs on the CPU and is slower than the engine cpu.',
  ),
  coremlAsked: note(
    'Using {gpu} through Core ML, as requested, for the frozen part of the network and for evaluations; training steps, which Core ML cannot compute, run on the CPU. Its results match the CPU’s.',
  ),
  gpuDiffered: note(
    'The results of {gpu} do not match the CPU’s: a probability of a validation image differs by {difference}, so the curves of this run may be wrong. Its threshold and its final results are those of the CPU.',
  ),
  gpuStopped: note('{gpu} failed during the run ({reason}): the run continued from epoch {epoch} on the CPU.'),
  engineKilled: note(
    'The compute process ({device}) was ended from outside: the run continues from epoch {epoch} with as many images per pass as before. If that happens again in the same epoch, the run takes it for a lack of memory and uses micro-batches.',
  ),
  fewerAtOnce: note(
    '{device} ran out of memory at {before} images per pass. From epoch {epoch} on it uses micro-batches of {now} and accumulates gradients over each batch of {batch}; results are unchanged except for rounding.',
  ),
  tensorflowMissing: input(
    'TensorFlow.js is not installed in "{folder}": install it (`shoulders install tensorflow`, with an NVIDIA GPU `tensorflow-gpu`; in the editor Shoulders: Install Engine…), or choose another engine.',
  ),
  tensorflowWithoutBinary: input(
    'The package {package} lacks its native part, which its installer downloads: run npm rebuild --prefix "{folder}" {package} with network access, or choose another engine.',
  ),
  tensorflowWithoutGpu: input(
    'The package {package} finds no GPU that it can use: it needs an NVIDIA driver, CUDA 11.2 and cuDNN 8.1. Install them, or use the CPU package: npm uninstall --prefix "{folder}" {package}, then npm install --prefix "{folder}" @tensorflow/tfjs-node.',
  ),
  tensorflowUnusable: input(
    'The package {package} cannot be loaded ({reason}): remove the folder "{folder}" and install it again, or choose another engine.',
  ),
  runnerDied: world('The training process ended unexpectedly ({reason}): its last lines are in "{log}".'),
  runnerOutOfMemory: world(
    'The training process ended unexpectedly ({reason}): close other programs and resume the run, or start again with batchSize.train {suggested} instead of {batch}. Its last lines are in "{log}".',
  ),
  internal: world(
    'Something went wrong inside Shoulders: {reason}. Please report this; the log has the details: "{log}".',
  ),
  // warnings
  randomWeights: note(
    'This run starts from random weights, not from ImageNet: with few images its results will be far below those of a pretrained network.',
  ),
  starterWeights: note(
    'This run starts from the starter weights, which learned from drawings: ImageNet weights are better for photographs ({sizeMB} MB, downloaded once with your consent: --weights {name} --download).',
    'Starter weights, learned from drawings; ImageNet weights are better for photographs, {sizeMB} MB with your consent',
  ),
  starterWeightsMedical: note(
    'This run on medical images starts from the starter weights, which learned from drawings, not from photographs or medical images: expect lower results than from ImageNet weights ({sizeMB} MB, downloaded once with your consent: --weights {name} --download).',
    'Starter weights, learned from drawings, not from medical images; ImageNet weights are better, {sizeMB} MB with your consent',
  ),
  doubleBalancing: note('Class weights and balanced sampling are both on: rare classes are favoured twice.'),
  smallSplit: note(
    'The {split} split has only {count} {count|image|images}: its accuracy changes by {step} points when one image is classified differently.',
  ),
  leak: note(
    '{count} {count|image or group appears|images or groups appear} in more than one split, so the test results are too optimistic.',
  ),
  innerFolders: note(
    '{torn} of the {folders} folders within the class folders (for example "{example}") {torn|has|have} images in more than one split, {images} in all: if each folder is a patient or another group, the test results are too optimistic. Set groups to "folder" in the recipe (--set groups=folder), so that each stays in one split or, where the splits are given, is reported as a leak; or to "image" if they are not groups.',
  ),
  nearLeak: note(
    '{count} {count|image looks|images look} almost the same as {count|an image|images} of another split (for example {example}): if they are copies or series of one scene, the test results are too optimistic. Look at them, and keep what belongs together in one split.',
  ),
  flipLaterality: note(
    'Horizontal flips are on: they mirror left and right, which matters when the side is part of the finding.',
    'Horizontal flips are on and mirror left and right',
  ),
  flipSides: note(
    'Horizontal flips are on, and names here indicate a side ({names}): a mirrored image then shows the wrong side. Set trainViews.randomHorizontalFlip to 0, unless the side cannot be seen.',
  ),
  identifyingMarks: note(
    'These images may identify a person ({marks}): remove that before you pass on images, predictions or reports. File names appear in predictions and reports.',
  ),
  depthOutliers: note(
    'Most of the {total} 16-bit images fit into {othersFit} bits, but some do not ({count}, up to {largest} in "{relativePath}"), so all are read as {depth} bits and most look dark to the network. If the bright ones are mistakes, remove them, or set depth to {othersFit}.',
  ),
  filesPassedOver: note(
    'Only {used} {used|image|images} of this dataset {used|is|are} used; others were skipped: {reasons}. Make these readable, or remove them if they do not belong to it.',
  ),
  depthClips: note(
    '{count} {count|image contains|images contain} 16-bit values above {depth} bits (for example "{relativePath}", up to {largest}): everything above {white} is white to the network. Set depth to auto or 16 to keep it.',
  ),
  unverifiedWeights: note(
    'The weights file "{name}" is not an official one, so it was not checked against a published hash.',
  ),
  weightsChosen: note(
    'The weights file "{name}" contains several networks: "{taken}" is used; also suitable: {others}. Set weightsPrefix to choose another.',
    'The weights file "{name}" contains several networks; "{taken}" is used',
  ),
  featureCacheOff: note(
    'Feature caching was turned off ({reason}). Results are unaffected; this run is slower and the next one cannot reuse its features.',
  ),
  imagesLost: note(
    '{count} {count|image was|images were} present at the check but missing or changed later (for example "{relativePath}"): {count|it was|they were} skipped.',
  ),
  leftAlone: note('Stopped because no editor window was open for this run; its best weights are kept.'),
  trainedOn: note(
    '{count} of these {total} images {count|was|were} used for training: on {count|it|them} the model shows what it remembers, not how well it does on new images.',
  ),
  resumedReadOtherwise: note(
    '{count} of the {total} images (for example "{relativePath}") {count|is|are} read differently from when this run began: 16 bits, extra bands, transparency in grey images or small GIF frames. Its epochs before and after do not see the same pixels; start a new run to compare.',
  ),
  weightsAnswerOtherwise: input(
    'The weights "{file}" of the run "{run}" have changed since the run recorded its predictions (on "{relativePath}" a probability differs by {difference}; at most {most} is expected), so nothing was written: replace the file with an intact copy.',
  ),
  computesOtherwise: note(
    'On the run’s own images this machine gives other predictions than the run recorded (on "{relativePath}" a probability differs by {difference}), although the weights are the same: decisions near the threshold may differ.',
  ),
  readOtherwise: note(
    '{count} of these {total} images (for example "{relativePath}") {count|is|are} read differently from when the run was made: 16 bits, extra bands, transparency in grey images or small GIF frames. The results may differ from the run’s own; train again to compare.',
  ),
  chosenOn: note(
    '{count} of these {total} images {count|is a validation image|are validation images} of the run: epoch and threshold were chosen on {count|it, so its|them, so their} results are too optimistic.',
  ),
  overlapUnknown: note(
    'Whether these images were used for training is unknown: the list of training images is not available.',
  ),
  depthExceeded: note(
    '{count} of the 16-bit images {count|contains|contain} values above the {depth} bits that the model was trained with (up to {largest}, for example in "{relativePath}"): everything above {white} was white to it. If they come from another device, rescale their values to the same range first.',
  ),
  depthUnfilled: note(
    'All 16-bit images here ({count}) fit into {needed} bits, but the model reads 16-bit images as {depth} bits, so it may have seen them much too dark: if their range is not that of the training images, scale them first.',
  ),
  oneClassOnly: note(
    'All images here are "{className}": AUROC, and everything else that needs a second class, cannot be computed.',
  ),
  classesMissing: note('There are no images of {names} here: the results cover the other classes only.'),
  classNamesNormalised: note('Folder names were matched to similar class names: {pairs}.'),
  unknownClassesIgnored: note(
    '{count} {count|image|images} in folders that are not classes of this model {count|was|were} left out: {names}.',
  ),
  scoresNotFinite: note(
    'The model gives no finite score for {count} {count|image|images} (for example "{relativePath}"): {count|it was|they were} left out.',
  ),
  rowsLeftOut: note(
    '{count} of the {total} rows of {file} {count|is|are} left out, because a cell is not a probability from 0 to 1 (summing to 1), not a matching logit or not a class of the model: row {rows}. Whatever is computed from that file covers the other {used}.',
  ),
  ranksTied: note(
    '{count} of the {total} images in {file} {count|has|have} a probability of exactly 0 or 1, and an older version did not record how confident the network was: areas, thresholds and temperatures from that file treat them as equally confident. Evaluate the run again to distinguish them.',
  ),
  imagesSkipped: note(
    '{count} {count|image|images} could not be used and {count|was|were} left out (for example "{relativePath}": {reason}).',
  ),
  testLooks: note(
    'The test images have been looked at {count} {count|time|times}: the more often, the less their results say about new images.',
  ),
  noTestSplit: note('There is no usable test split: only validation results are reported.'),
  // alarms: what the curves say after an epoch
  alarmOverfitting: note(
    'Overfitting: since about epoch {since} the validation loss has risen from {low} to {now} while the training loss keeps falling, so the network is now memorising the training images. The best weights are kept; more images, stronger augmentation, fewer unfrozen layers or fewer epochs help.',
    'Overfitting since about epoch {since}, as the validation loss has risen from {low} to {now}',
  ),
  alarmDiverging: note(
    'Training is diverging: the loss is {now} and was {low} at its best. Stop and try a learning rate ten times lower; if it happens again, look for mislabelled images.',
    'Training is diverging, as the loss is {now} and was {low} at its best',
  ),
  alarmOneClass: note(
    'Every validation image is predicted as "{className}": the accuracy is no more than that class’s share, {percent} %. If the next epochs do not change this, turn on class weights or balanced sampling, or change the learning rate.',
  ),
  alarmSmallValidation: note(
    '{count} validation {count|image|images}: an accuracy of {value} can mean anything between {low} and {high} (95 % interval). Small differences between epochs, and between runs, may be chance; more validation images would narrow the interval.',
    'An accuracy of {value} on {count} validation images can mean anything between {low} and {high}',
  ),
  alarmSmallClass: note(
    '{count} validation {count|image|images} of "{className}": a sensitivity of {value} can mean anything between {low} and {high} (95 % interval). Small differences between epochs, and between runs, may be chance; more validation images of this class would narrow the interval.',
    'A sensitivity of {value} on {count} validation images of "{className}" can mean {low} to {high}',
  ),
};

export type ErrorCode = keyof typeof problems;
/** Codes that can end a command. */
export type FailureCode = {
  [Code in ErrorCode]: (typeof problems)[Code]['kind'] extends 'note' ? never : Code;
}[ErrorCode];

/** English sentence of every code. */
export const sentences: Readonly<Record<ErrorCode, string>> = Object.fromEntries(
  Object.entries(problems).map(([code, { text }]) => [code, text]),
) as Record<ErrorCode, string>;

export const kindOf = (code: ErrorCode): ProblemKind => problems[code].kind;

export type ErrorParams = Record<string, string | number>;

/** Thrown where the fact is known, worded where it is shown. `cause` keeps the system's error. */
export class UserError extends Error {
  readonly code: FailureCode;
  readonly params: ErrorParams;
  /** Findings up to the error, listed beside it. */
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

/**
 * The fact of a problem in one short clause, without examples, consequences and advice, for a line that refers to the whole sentence.
 * Only the template is cut, never a parameter, which may contain any punctuation.
 *
 * @example briefOf('smallSplit', { split: 'test', count: 8, step: 12.5 }) // 'The test split has only 8 images'
 */
export function briefOf(code: string, params: ErrorParams): string {
  const problem: Sentence<ProblemKind> | undefined = Object.hasOwn(problems, code)
    ? problems[code as ErrorCode]
    : undefined;
  if (problem === undefined) return sentenceOf(code, params);
  return filled(problem.brief ?? firstClause(problem.text), params);
}

const firstClause = (template: string): string =>
  template
    .replaceAll(/ \([^()]*\)/g, '')
    .split(/[:;.] /, 1)[0]!
    .replace(/\.$/, '');
