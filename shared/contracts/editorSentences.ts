import { type ErrorCode, sentences } from './errors.ts';

/** Sentences whose advice on the terminal is an option, with the editor's command, setting or recipe field instead. */
const ownSentences: Readonly<Partial<Record<ErrorCode, string>>> = {
  weightsNotFound:
    'Cannot find the weights file "{file}": check its path in the recipe or in the setting shoulders.weights.file, or set weights to "none" in the recipe to start from random weights.',
  weightsNotAllowed:
    'The weights {name} ({sizeMB} MB) are not on this machine yet: start again and allow the download, name a local file in the setting shoulders.weights.file, or set weights to "none" in the recipe to start from random weights.',
  weightsNotHere:
    'The weights {name} ({sizeMB} MB) are not on this machine yet: start again and allow the download or choose the starter weights, learned from drawings; or name a local file in the setting shoulders.weights.file, or set weights to "none" in the recipe to start from random weights.',
  weightsNotFetched:
    'Cannot download {url}: {reason}. Check the connection or proxy and start again, or choose the starter weights, learned from drawings, which need no download; or name a local file in the setting shoulders.weights.file, or set weights to "none" in the recipe to start from random weights.',
  noStarterWeights:
    'There are no starter weights for {network} (only for: {known}): choose another network, official weights or a weights file in the recipe, or set weights to "none".',
  starterWeights:
    'This run starts from the starter weights, which learned from drawings: ImageNet weights are better for photographs ({sizeMB} MB, downloaded once with your consent: start a run with the weights {name}).',
  starterWeightsMedical:
    'This run on medical images starts from the starter weights, which learned from drawings, not from photographs or medical images: expect lower results than from ImageNet weights ({sizeMB} MB, downloaded once with your consent: start a run with the weights {name}).',
  weightsSeveral:
    'The weights "{file}" contain several networks that fit {network} ({paths}): choose one with weightsPrefix in the recipe, for example {example}',
  weightsNoPrefix:
    'The weights "{file}" contain no network under the prefix "{prefix}" (found under: {known}): set weightsPrefix in the recipe to one of these, or leave it out.',
  downloadFailed:
    'Cannot download {url}: {reason}. Check the connection or proxy, name a local file in the setting shoulders.weights.file, or set weights to "none" in the recipe.',
  downloadHash:
    'The download of {url} is not the published file (its SHA-256 starts with {seen} instead of {expected}): a proxy may have replaced it. Try again, or name a local file in the setting shoulders.weights.file.',
  installDownload:
    'Cannot download {url}: {reason}. Check the connection or proxy and try again (what has been downloaded is kept), or install from a folder with the files.',
  installHash:
    'The download of {url} is not the published file (its SHA-256 is {seen} instead of {expected}): a proxy may have replaced it. Try again, or install from a folder with the files.',
  installNpmMissing:
    'npm, which installs TensorFlow.js, was not found on this machine: install Node.js (https://nodejs.org), which includes npm, and try again, or install from a folder in which TensorFlow.js was installed on another machine.',
  installNativePart:
    'The native part of {package} {version}, which its installer downloads from storage.googleapis.com, did not arrive ({reason}): try again where that host can be reached, or install the package on another machine with the same system by npm install --prefix FOLDER {package}@{version}, copy that folder here and install from it.',
  logGrew:
    'Another process is writing to "{file}": this one ends so that neither corrupts what the other writes. The sidebar shows which process is working on the run.',
  installFileMissing: 'The folder "{folder}" lacks {files}: put them there, or let the extension download them.',
  splitMissing: 'The folder "{folder}" has no {split} folder: evaluate all of its images instead.',
  unknownClasses:
    'The folder "{folder}" contains folders that are not classes of this model: {names} (its classes: {classNames}). Rename them, leave them out, or predict without labels.',
  imagesGone:
    'The {split} images of the run "{run}" are missing from "{folder}" or have changed (for example "{relativePath}"): restore them, or evaluate another folder with Evaluate on a Folder…',
  thresholdNeedsTwo: 'A threshold decides between two classes; this model has {count}: evaluate it without one.',
  dataNeeded:
    'The model "{model}" comes without its run, so there are no images to evaluate: choose a folder of images.',
  recordExists: 'The folder "{folder}" already exists: choose a new one.',
  noRoomForRun:
    'This run needs about {needed} in "{folder}", but only {free} is free there: free some space, or move the dataset’s project to another disk.',
  cannotStart:
    'Cannot write "{file}": {reason}. Make its folder writable, or open a project folder in which you can write.',
  noRoomToStart:
    'The disk is full: "{file}" could not be written. Free some space, or move the dataset’s project to another disk.',
  exportExists: 'Already there: {files}. Choose another name, or export again and confirm that they are overwritten.',
  runWithoutImageList:
    'The run "{run}" has no usable "{file}", which names its validation and test images ({reason}): evaluate it with Evaluate on a Folder…',
  runElsewhere:
    'Process {pid} on {host} is working on the run "{run}" and gave its last sign of life {ago} ago: stop it, or, if that process is gone, resume the run and confirm that you take it over.',
  datasetMoved:
    'The dataset of the run "{run}" is no longer at "{folder}": put it back, or give its new location with Locate Moved Dataset…',
  outOfMemory: 'Out of memory with batches of {batch}: start again with batchSize.train {suggested} in the recipe.',
  outOfMemoryForBatchNorm:
    'Out of memory with batches of {batch}, which cannot be split where BatchNorm trains: start again with batchSize.train {suggested} in the recipe.',
  innerFolders:
    '{torn} of the {folders} folders within the class folders (for example "{example}") {torn|has|have} images in more than one split, {images} in all: if each folder is a patient or another group, the test results are too optimistic. Set groups to "folder" in the recipe, so that each stays in one split or, where the splits are given, is reported as a leak; or to "image" if they are not groups.',
};

/** Sentence of every code for readers in the editor, in English. */
export const editorSentences: Readonly<Record<ErrorCode, string>> = { ...sentences, ...ownSentences };
