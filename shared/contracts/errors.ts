// What can go wrong in the user's world: code -> sentence. Codes and parameters travel; the table speaks, once, at the edge.
// A sentence says what is wrong, with the values seen, and what to do.

import { filled } from '../filled.ts';
import type { Finding } from './finding.ts';

export const sentences = {
  // dataset
  folderMissing: 'Cannot find the folder "{folder}": check the path.',
  notADataset:
    '"{folder}" holds no class folders with images: make one folder per class (for example cat and dog), or train, val and test folders that hold them.',
  allPassedOver:
    '"{folder}" holds no image that can be used: all of its files were passed over, namely {reasons}. Put JPEG, PNG, WebP, AVIF, GIF, BMP, TIFF, PGM or PPM files into one folder per class.',
  classPassedOver:
    'Class "{className}" has no images in {split}: its files were passed over, namely {reasons}. Add images that can be read, or remove the folder.',
  oneClass:
    '"{folder}" holds one class only ("{className}"): a classifier needs at least two class folders with images.',
  emptyClass: 'Class "{className}" has no images in {split}: add images or remove the folder.',
  classMissingInSplit: 'Class "{className}" is missing in {split}: every split needs images of every class.',
  tooFewImages:
    'Class "{className}" has {count} usable {count|image|images}, too few to stand in train, val and test: add images (at least {needed}).',
  allCorrupt: 'None of the images in "{folder}" ({count}) can be decoded: {reasons}. Save them again as JPEG or PNG.',
  ambiguousFolders:
    'The folders {names} differ only in upper and lower case, or in how accents are stored: rename one, so that they mean the same on every machine.',
  nestedDataset:
    '"{folder}" holds one folder only ("{className}"), which looks like the dataset itself: choose that one.',
  twoFoldersForSplit: 'The folders {names} in "{folder}" both mean the split {split}: keep one of them.',
  sameFoldersInEach:
    'Each of the folders {names} in "{folder}" holds the same folders ({inner}), so they may be splits or patients rather than classes: name splits train, val and test; if they are the classes, set groups in the recipe to "folder" (the inner folders are patients or other groups) or to "image" (they are not).',
  tooFewGroups:
    'The images of class "{className}" belong to too few groups (patients, or copies of one file) to stand in every split: {count}, at least {needed} are needed.',
  noGroupSplit:
    'No way to divide the {groups} groups (patients, places, or copies of one file) gives {splits} every class without tearing a group apart, since these classes are in too few groups: {classes}. Add images of them from other groups, leave one of them out, or make folders train, val and test yourself.',
  groupSplitNotFound:
    'No way was found to divide the {groups} groups (patients, places, or copies of one file) so that {splits} have every class and no group is torn apart; the class in the fewest groups is {classes}. Add images of it from other groups, leave it out, or make folders train, val and test yourself.',
  relocatedOthers:
    'The images in "{folder}" are not those of the run "{run}": "{relativePath}" is missing there, or is another image. Choose the folder that holds the images as they were.',
  tooManyVanished:
    '{count} {count|image that was|images that were} there at the check {count|is|are} gone or changed now (for example "{relativePath}"): restore them and start again.',
  positiveClassUnknown:
    'The recipe names "{className}" as the positive class, but the classes are {classNames}: correct positiveClass.',
  // recipe and arguments
  recipeNotFound: 'There is no recipe "{name}": use one of {known}, or the path of a recipe file.',
  recipeNotJson: 'Cannot read the recipe "{file}": {reason}.',
  recipeUnknownField: 'The recipe has no field "{field}": did you mean "{nearest}"?',
  recipeInvalid: 'The recipe field "{field}" is not usable: {reason}.',
  badSetting: 'Cannot understand the setting "{setting}": write key=value, for example seed=7 or stages.0.epochs=3.',
  gridFieldTwice: 'The field "{field}" stands in the grid twice: write all its values behind one =.',
  gridTooLarge: 'These values make {count} runs, at most {most} are started at once: leave some out.',
  badArgument: '{reason}',
  // weights
  weightsNotFound:
    'Cannot find the weights file "{file}": check the path, or use --weights none to start from random weights.',
  weightsOthers:
    'The weights "{file}" are not those that the run "{run}" began with: give the file that it read, or start a new run.',
  weightsNotAllowed:
    'The weights {name} ({sizeMB} MB) are not on this machine yet: allow the download with --download, name a local file with --weights, or start from random weights with --weights none.',
  weightsUnknownName:
    'There are no official weights "{name}" for {network}: use one of {known}, a .pth or .safetensors file, or none.',
  weightsBroken: 'Cannot read the weights "{file}": {reason}. Get the file again.',
  weightsUnsafe:
    'The weights "{file}" were refused: {reason}. Only tensors and dictionaries are read from a weights file.',
  weightsWrongDepth:
    'The weights "{file}" do not fit {network}: they look like {looksLike}. Choose the matching network or another file.',
  weightsNoResNet:
    'Cannot find a ResNet in the weights "{file}": they hold {seen}. Choose a file with a {network} as torchvision, timm, Lightning or transformers save it.',
  weightsSeveral:
    'The weights "{file}" hold several networks that fit {network} ({paths}): choose one with --weights-prefix or the recipe’s weightsPrefix, for example {example}',
  weightsNoPrefix:
    'The weights "{file}" hold no ResNet under the prefix "{prefix}" (found under: {known}): choose one of these with --weights-prefix or the recipe’s weightsPrefix, or leave it out.',
  weightsMismatch: 'The weights "{file}" do not fit {network}: {reason}. Choose another file or the matching network.',
  weightsNotFinite: 'The weights "{file}" hold values that are not finite ({tensor}): get the file again.',
  downloadFailed:
    'Cannot download {url}: {reason}. Check the connection or proxy, name a local file with --weights, or use --weights none.',
  downloadHash:
    'The download of {url} is not the published file (its SHA-256 starts with {seen}, {expected} is expected): a proxy may have replaced it. Try again, or name a local file with --weights.',
  // engines that are installed
  installUnknown: 'There is no engine "{name}" to install on this machine: it can have {names}.',
  installBusy: 'The engine {name} is being installed or removed by process {pid}: wait for that, or end it first.',
  installBusyElsewhere:
    'The engine {name} is being installed or removed on {host}, which shares this folder: wait for that, or end it there.',
  installNoSpace:
    'The engine {name} needs {needed} at "{folder}", but only {free} are free there: free some space and start again.',
  installDownload:
    'Cannot download {url}: {reason}. Check the connection or proxy and start again (what has arrived is kept), or give the files with --from.',
  installHash:
    'The download of {url} is not the published file (its SHA-256 is {seen}, {expected} is expected): a proxy may have replaced it. Try again, or give the files with --from.',
  installFileMissing:
    'The folder "{folder}" lacks {files}: put them there (`shoulders install --addresses` tells where they are published).',
  installFileWrong:
    'The file "{file}" is not the published one (its SHA-256 starts with {seen}, {expected} is expected): get it again.',
  installNpmMissing:
    'npm was not found on this machine, and it is what installs TensorFlow.js: install Node.js (https://nodejs.org), which brings it, and start again, or give a folder with --from in which it was installed elsewhere.',
  installNpm:
    'npm could not install {package} {version} ({reason}): check the connection and the settings of npm, and start again. Nothing was left behind.',
  installNativePart:
    'The native part of {package} {version}, which its installation gets from storage.googleapis.com, did not come ({reason}): start again where that host can be reached, or install it on another machine with the same system by npm install --prefix FOLDER {package}@{version}, bring that folder here and give it with --from.',
  installWithoutGpu:
    'The package {package} finds no GPU that it can use: it needs an NVIDIA driver, CUDA 11.2 and cuDNN 8.1. Install these and start again, or install the engine tensorflow, which computes on the processor.',
  installDoesNotLoad:
    'The package {package} {version} was installed but cannot be loaded here ({reason}): nothing of it was kept. Mend the reason and start again, or choose another engine.',
  installFolderLacks:
    'The folder "{folder}" has no whole {package} {version} in its node_modules: make it on a machine with the same system, by npm install --prefix FOLDER {package}@{version}, and bring all of it.',
  installCannotWrite: 'Cannot write "{file}": {reason}. Make its folder writable and start again.',
  // evaluation
  noImagesPassedOver:
    'There are no images to evaluate in "{folder}"{where}: its files were passed over, namely {reasons}. Choose a folder of images, or of class folders.',
  noImages: 'There are no images to evaluate in "{folder}"{where}: choose a folder of images, or of class folders.',
  splitMissing: 'The folder "{folder}" has no {split} folder: leave --split out to evaluate all of its images.',
  unknownClasses:
    'The folder "{folder}" has folders that are no class of this model: {names} (its classes: {classNames}). Rename them, leave them out (--ignore-unknown-classes), or predict without labels (--unlabelled).',
  classesAmbiguous:
    'The folders {names} in "{folder}" could all stand for the class "{className}": rename or remove all but one.',
  noneUsable: 'None of the images ({count}) can be evaluated (for example "{relativePath}": {reason}).',
  imagesGone:
    'The {split} images of the run "{run}" are gone from "{folder}" or have changed (for example "{relativePath}"): restore them, or evaluate another folder with --data.',
  scoresAllNotFinite: 'The model gives no finite score for any of the images ({count}): its weights are broken.',
  thresholdNeedsTwo: 'A threshold decides between two classes; this model has {count}: leave --threshold out.',
  thresholdOutOfRange: 'The threshold {value} is no probability: give a number from 0 to 1.',
  onnxRefused:
    'The model "{file}" was refused: {reason}. Only ONNX models that Shoulders has exported can be evaluated.',
  modelNotFound: 'There is no run or ONNX model "{model}": name a run folder or an .onnx file.',
  dataNeeded:
    'The model "{model}" comes without its run, whose images could be evaluated again: name a folder of images with --data.',
  recordExists: 'The folder "{folder}" is there already: name a new one with --out.',
  recordBroken: 'Cannot read the evaluation "{folder}": {reason}.',
  // disk
  cannotWrite: 'Cannot write "{file}": {reason}. Make its folder writable and try again.',
  diskFull: 'The disk is full: "{file}" could not be written. Free some space and try again.',
  // … before a run has a folder
  noRoomForRun:
    'This run needs about {needed} in "{folder}", but only {free} are free there: free some space, or choose another runs folder with --runs.',
  noRoomToGoOn:
    'To go on, this run needs about {needed} more in "{folder}", but only {free} are free there: free some space and resume again.',
  cannotStart: 'Cannot write "{file}": {reason}. Choose another runs folder with --runs, or make this one writable.',
  noRoomToStart:
    'The disk is full: "{file}" could not be written. Free some space, or choose another runs folder with --runs.',
  // … while it waits
  waitsForRoom:
    'Paused, because the disk is full: "{file}" needs {needed}, and {free} are free. Free some space: the run goes on by itself, and nothing is lost.',
  waitsForSpace:
    'Paused, because the disk is full: "{file}" could not be written. Free some space: the run goes on by itself, and nothing is lost.',
  waitsForDisk:
    'Paused, because "{file}" cannot be written: {reason}. As soon as it can, the run goes on by itself, and nothing is lost.',
  // … when it has ended
  cannotWriteInRun:
    'Cannot write "{file}": {reason}. What was written before is kept: once the folder can be written again, resume the run (`shoulders resume "{run}"`, in the editor Resume).',
  diskFullInRun:
    'The disk is full: "{file}" could not be written. What was written before is kept: free some space, then resume the run (`shoulders resume "{run}"`, in the editor Resume).',
  cannotSave: 'Cannot write "{file}": {reason}. Choose another place.',
  exportExists: 'There is already {files}: choose another name, or replace what is there with --force.',
  exportOntoRun: '"{file}" is a file of the run itself: choose another place for the export.',
  exportDiffers:
    'The {format} file would not answer as the run does (on {image} a probability differs by {difference}, at most {tolerance} is expected), so nothing was written. Please report this.',
  imageGone: 'The image "{relativePath}" is not there any more: it was moved or deleted.',
  imageOutside: 'The image "{relativePath}" is not inside "{folder}": only images of the dataset can be moved.',
  targetNotAClass: 'The folder "{target}" is not a class folder of "{folder}": move the file in the explorer.',
  readingHangs:
    'Reading the images does not end: {count} files, the last of them "{relativePath}", took longer than {seconds} s each. Check the disk or the network drive that they are on, then start again.',
  datasetTooWide:
    'The folder "{folder}" is a whole disk or holds your home folder: choose the folder that holds the class folders.',
  imageBehindLink:
    'The image "{relativePath}" cannot be moved here: a folder in its path is a symbolic link to "{folder}", so the move would take it out of that folder or into it. Move the file by hand.',
  linkWouldBreak:
    'The image "{relativePath}" is a symbolic link (to "{link}") that would break, or lead to another file, in the new folder: move it by hand.',
  classFolderUnknown: 'Cannot tell which folder of "{relativePath}" is its class: move the file in the explorer.',
  cannotMove:
    'Cannot move "{relativePath}" to "{to}": check that the folder can be written to, and that no such file is there.',
  tableTooLong: 'The table of {epochs} epochs is too long for the clipboard: save it as CSV.',
  // runs
  runNotFound: 'There is no run "{run}": name a run folder.',
  runBroken: 'Cannot read the run "{run}": {reason}.',
  runWithoutWeights:
    'The run "{run}" has no weights: there is no "{file}" in its folder. They are kept from its first finished epoch on; if there was one, the file was moved or deleted. Restore it, or choose another run.',
  runWithoutImageList:
    'The run "{run}" has no usable "{file}", which names its validation and test images ({reason}): evaluate it on a folder with --data.',
  runNewer: 'The run "{run}" was written by a newer version: update the extension to open it.',
  runBusy: 'The run "{run}" is being worked on by process {pid}: stop it first.',
  runElsewhere:
    'The run "{run}" is being worked on by process {pid} on {host}, which gave its last sign {ago} ago: stop it, or, if that process is gone, take the run over (`shoulders resume` with --take-over).',
  runTakenOver:
    'The run "{run}" has been taken over by another process: this one ends and writes nothing more into its folder.',
  logGrew:
    'Another process writes into "{file}": this one ends, so that neither tears what the other writes. Look at `shoulders runs` for who works on the run.',
  runFinished: 'The run "{run}" is finished: there is nothing left to do. Start a new run to train again.',
  runUnstable:
    'The run "{run}" became unstable, and going on would end the same way: start a new run with a lower learning rate.',
  runNotOpen: 'The run "{run}" is not going on (it is {status}): there is nothing to {action}.',
  runNotPaused: 'The run "{run}" is not paused: there is nothing to continue.',
  datasetMoved:
    'The dataset of the run "{run}" is no longer at "{folder}": put it back, or give its new place with --data FOLDER.',
  datasetChanged:
    'The images in "{folder}" are not those that the run "{run}" began with: restore them and resume again, or start a new run.',
  checkpointMissing:
    'The run "{run}" has epochs but no "{file}": it cannot go on. Its weights can be exported; start a new run to train again.',
  checkpointUnusable: 'The checkpoint of this run cannot be used ({reason}): start a new run.',
  checkpointDamaged:
    'The newest checkpoint could not be used ({reason}): the run went on from the one before it, of epoch {epoch}.',
  checkpointLost: 'The only checkpoint could not be used ({reason}): the run began anew.',
  modelDamaged:
    'The weights "{file}" of the run "{run}" cannot be used ({reason}): copy the file again from where it is whole. A run that has not finished writes it anew when it is resumed.',
  fileDamaged:
    'The file "{file}" was damaged or changed since it was written (its checksum does not match): restore it from a copy, or evaluate again.',
  withoutChecksums:
    'These files were written by a version without checksums: whether they are as they were written cannot be verified.',
  // predictions/*.csv
  predictionsMalformed:
    'The predictions cannot be read from row {row} on ({reason}): restore the file, or evaluate again.',
  predictionsOfOtherClasses:
    'The predictions begin with {header}, not with {expected}: the file is of other classes or was changed. Restore it, or evaluate again.',
  predictionsEmpty: 'The predictions have no rows: restore the file, or evaluate again.',
  predictionsUnusable:
    'None of the rows of the predictions ({count}) has a class of the model and probabilities from 0 to 1 (row {rows}): restore the file, or evaluate again.',
  // explanations
  imageMissing: 'Cannot find the image "{file}": it was moved or deleted, or the path is wrong.',
  imageUnusable: 'Cannot explain the image "{file}": {reason}.',
  classUnknown: 'The run knows no class "{className}": use one of {classNames}, or predicted, or true.',
  trueClassUnknown:
    'The image "{file}" does not lie in a folder with the name of a class, so its true class is not known: name the class (one of {classNames}), or use predicted.',
  // training
  notFinite:
    'Training became unstable in stage {stage}, epoch {epoch}, batch {step}: the {what} is not a finite number. The best weights before it are kept; try a lower learning rate.',
  outputNotFinite:
    'The network gives no finite number for the image "{relativePath}", so there are no test figures. The best weights are kept; try a lower learning rate, or leave that image out.',
  outOfMemory: 'Not enough memory for batches of {batch}: try --set batchSize.train={suggested}.',
  outOfMemoryForStatistics:
    'Not enough memory to measure BatchNorm statistics over {batch} images, the fewest that say enough at {imageSize} px: close other programs, or start from pretrained weights.',
  outOfMemoryForOne:
    '{device} has not enough memory for one image at a time: close other programs and resume the run, or start again with a smaller imageSize or network.',
  engineFailed: 'The engine {engine} stopped: {reason}.',
  engineUnavailable: 'The engine {engine} cannot be used here: {reason}.',
  engineNotInstalled:
    'The engine {engine} is not installed on this machine: install it (`shoulders install {engine}`, in the editor Shoulders: Install Engine…), or choose another engine.',
  // which device computes
  gpuFaster: '{gpu} computes: {gpuRate} images a second in a trial, the processor {cpuRate}.',
  gpuSlower: 'The processor computes: {cpuRate} images a second in a trial, {gpu} {gpuRate}.',
  gpuSoftware: 'The processor computes: the only graphics driver here is software ({gpu}).',
  gpuNone: 'The processor computes: WebGPU finds no graphics device here.',
  gpuNotUsable: 'The processor computes: no graphics device can be used ({reason}).',
  gpuDiffers: 'The processor computes: {gpu} gave other numbers than the processor in a check ({difference}).',
  gpuAsked: '{gpu} computes, as asked: it gave the numbers of the processor in a check.',
  gpuSoftwareAsked:
    '{gpu} computes, as asked: a software driver, which itself runs on the processor and is slower than the engine cpu.',
  coremlAsked:
    '{gpu} computes, as asked, by Core ML: the frozen part of the network and evaluations, since Core ML cannot compute training steps, which the processor does. It gave the numbers of the processor in a check.',
  gpuDiffered:
    '{gpu} gave other probabilities for the validation images than the processor (one by {difference}): the curves of this run may be wrong. Its threshold and its figures at the end are those of the processor.',
  gpuStopped:
    'The graphics device {gpu} failed during the run ({reason}): the run went on from epoch {epoch} with the processor.',
  engineKilled:
    'The process that computes ({device}) was ended from outside: the run goes on from epoch {epoch} with as many images at once as before. If that happens again at once, memory is taken to be the reason.',
  fewerAtOnce:
    '{device} had not enough memory for {before} images at once: from epoch {epoch} on it takes {now} at once and adds the gradients of each batch of {batch} up, so that the results stay the same.',
  tensorflowMissing:
    'TensorFlow.js is not installed in "{folder}": install it (`shoulders install tensorflow`, with an NVIDIA GPU `tensorflow-gpu`; in the editor Shoulders: Install Engine…), or choose another engine.',
  tensorflowWithoutBinary:
    'The package {package} lacks its native part, which its installation downloads: run npm rebuild --prefix "{folder}" {package} where the network can be reached, or choose another engine.',
  tensorflowWithoutGpu:
    'The package {package} finds no GPU that it can use: it needs an NVIDIA driver, CUDA 11.2 and cuDNN 8.1. Install them, or take the package for the CPU: npm uninstall --prefix "{folder}" {package}, then npm install --prefix "{folder}" @tensorflow/tfjs-node.',
  tensorflowUnusable:
    'The package {package} cannot be loaded ({reason}): remove the folder "{folder}" and install it again, or choose another engine.',
  runnerDied: 'The training process ended unexpectedly ({reason}): its last lines are in "{log}".',
  runnerOutOfMemory:
    'The training process ended unexpectedly ({reason}): close other programs and resume the run, or start again with batchSize.train {suggested} instead of {batch}. Its last lines are in "{log}".',
  internal: 'Something went wrong inside Shoulders: {reason}. The log has the details: "{log}".',
  // warnings
  randomWeights:
    'This run starts from random weights, not from ImageNet: with few images its numbers will be far below those of a pretrained network.',
  doubleBalancing: 'Class weights and balanced sampling are both on: rare classes are favoured twice.',
  smallSplit:
    'The {split} split has only {count} {count|image|images}: its numbers move by {step} points with every single image.',
  leak: '{count} {count|image or group stands|images or groups stand} in more than one split: the test numbers are too good to be true.',
  innerFolders:
    '{torn} of the {folders} folders within the class folders (for example "{example}") {torn|has|have} images in more than one split, {images} in all: if each folder is a patient or another group, the test numbers are too good to be true. Set groups to "folder" in the recipe (--set groups=folder), so that each stays in one split or, where the splits are given, is reported as a leak; or to "image" if they are no groups.',
  nearLeak:
    '{count} images look almost the same as images of another split (for example {example}): if they are copies or series of one scene, the test numbers are too good to be true. Look at them, and keep what belongs together in one split.',
  flipLaterality:
    'Horizontal flips are on: they mirror left and right, which matters when the side is part of the finding.',
  flipSides:
    'Horizontal flips are on, and names here tell sides ({names}): a mirrored image then bears the wrong side. Set trainViews.randomHorizontalFlip to 0, unless the side cannot be seen.',
  identifyingMarks:
    'These images may tell who a person is ({marks}): remove that before images, predictions or reports leave your hands. Names of files stand in predictions and reports.',
  depthOutliers:
    'Most of the {total} 16-bit images fit into {othersFit} bits, but some do not ({count}, up to {largest} in "{relativePath}"), so all are read as {depth} bits and most look dark to the network. If the bright ones are mistakes, take them out, or set depth to {othersFit}.',
  filesPassedOver:
    'Only {used} {used|image|images} of this dataset {used|is|are} used: others were passed over, namely {reasons}. Make these readable, or take them out if they do not belong to it.',
  depthClips:
    '{count} {count|image holds|images hold} 16-bit values above {depth} bits (for example "{relativePath}", up to {largest}): everything above {white} is white to the network. Set depth to auto or 16 to keep it.',
  unverifiedWeights:
    'The weights file "{name}" is not one of the official ones: nothing was checked against a published hash.',
  weightsChosen:
    'The weights file "{name}" holds several networks: "{taken}" is used; also suitable: {others}. Set weightsPrefix to choose another.',
  featureCacheOff:
    'The cache of features was given up ({reason}): the run is right, but slower, and the next one will not profit.',
  imagesLost:
    '{count} {count|image was|images were} there at the check but gone or changed later (for example "{relativePath}"): {count|it was|they were} skipped.',
  leftAlone: 'No editor window looked after this run any more: it was stopped, and its best weights are kept.',
  trainedOn:
    '{count} of these {total} images {count|was|were} trained on: on {count|it|them} the model shows what it remembers, not what it can do with new images.',
  resumedReadOtherwise:
    '{count} of the {total} images (for example "{relativePath}") {count|is|are} read differently from when this run began: 16 bits, bands beside the colours, transparency in greys or small GIF frames. Its epochs before and after do not see the same pixels; start a new run to compare.',
  weightsAnswerOtherwise:
    'The weights "{file}" of the run "{run}" were changed since the run recorded its predictions (on "{relativePath}" a probability differs by {difference}; at most {most} is expected), so nothing was written: copy the file again from where it is whole.',
  computesOtherwise:
    'This machine gives other answers on the run’s own images than the run recorded (on "{relativePath}" a probability differs by {difference}), although the weights are the same: decisions near the threshold may differ.',
  readOtherwise:
    '{count} of these {total} images (for example "{relativePath}") {count|is|are} read differently from when the run was made: 16 bits, bands beside the colours, transparency in greys or small GIF frames. The results may differ from the run’s own; train again to compare.',
  chosenOn:
    '{count} of these {total} images {count|is a validation image|are validation images} of the run: epoch and threshold were chosen on {count|it, so its|them, so their} numbers flatter.',
  overlapUnknown: 'It is not known whether these images were trained on: the list of the training images is not here.',
  depthExceeded:
    '{count} of the 16-bit images {count|holds|hold} values above the {depth} bits that the model was trained with (up to {largest}, for example in "{relativePath}"): everything above {white} was white to it. If they come from another device, bring their values to the same range first.',
  depthUnfilled:
    'All 16-bit images here ({count}) fit into {needed} bits, but the model reads 16-bit images as {depth} bits, so it may have seen them much too dark: if their range is not that of the training images, scale them first.',
  oneClassOnly: 'All images here are "{className}": AUROC, and whatever else needs a second class, cannot be told.',
  classesMissing: 'No images of {names} are here: the figures are over the other classes only.',
  classNamesNormalised: 'Folder names were matched to classes although they are not the same: {pairs}.',
  unknownClassesIgnored:
    '{count} {count|image|images} in folders that are no class of this model {count|was|were} left out: {names}.',
  scoresNotFinite:
    'The model gives no finite score for {count} {count|image|images} (for example "{relativePath}"): {count|it was|they were} left out.',
  rowsLeftOut:
    '{count} of the {total} rows of {file} {count|is|are} left out, since a cell is no probability from 0 to 1 (together 1), no matching logit or no class of the model: row {rows}. What is computed from that file is of the other {used}.',
  ranksTied:
    '{count} of the {total} images in {file} {count|has|have} a probability of exactly 0 or 1, and an older version did not keep how sure the network was: areas, thresholds and temperatures from that file treat them as equally sure. Evaluate the run again to tell them apart.',
  imagesSkipped:
    '{count} {count|image|images} could not be used and {count|was|were} left out (for example "{relativePath}": {reason}).',
  testLooks:
    'The test images have been looked at {count} {count|time|times}: the more often, the less their numbers say about new images.',
  noTestSplit: 'There is no usable test split: only validation numbers are given.',
  // alarms: what the curves say after an epoch
  alarmOverfitting:
    'Overfitting: since about epoch {since} the validation loss has risen from {low} to {now} while the training loss keeps falling, so the network now learns the training images by heart. The best weights are kept; more images, stronger augmentation, fewer unfrozen layers or fewer epochs help.',
  alarmDiverging:
    'Training is diverging: the loss is {now} and was {low} at its best. Stop and try a learning rate ten times lower; if it happens again, look for wrongly sorted images.',
  alarmOneClass:
    'Every validation image is taken for "{className}": the accuracy is no more than that class\'s share, {percent} %. If the next epochs do not change this, turn on class weights or balanced sampling, or change the learning rate.',
  alarmSmallValidation:
    '{count} validation {count|image|images}: an accuracy of {value} means anything between {low} and {high} (95 % interval). Small steps between epochs, and between runs, may be chance; more validation images tell more.',
  alarmSmallClass:
    '{count} validation {count|image|images} of "{className}": a sensitivity of {value} means anything between {low} and {high} (95 % interval). Small steps between epochs, and between runs, may be chance; more validation images of this class tell more.',
} as const;

export type ErrorCode = keyof typeof sentences;
export type ErrorParams = Record<string, string | number>;

/** Thrown once, where the fact is known; worded at the edge. `cause` keeps the system's error. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  /** Findings up to the error, to be listed beside it. */
  readonly findings: readonly Finding[];
  constructor(
    code: ErrorCode,
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
