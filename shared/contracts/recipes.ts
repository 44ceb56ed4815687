// The bundled recipes. A recipe file may name one as its base and override any field (see resolveRecipe in recipe resolution).
import type { Recipe } from './recipe.ts';

export const photos: Recipe = {
  name: 'photos',
  task: 'classification',
  network: 'resnet18',
  weights: 'IMAGENET1K_V1',
  imageSize: 224,
  color: 'rgb',
  depth: 'auto',
  trainViews: {
    count: 5,
    randomResizedCrop: { scale: [0.8, 1], ratio: [3 / 4, 4 / 3] },
    randomHorizontalFlip: 0.5,
    randomRotation: 0,
    randomAffine: null,
    colorJitter: { brightness: 0.1, contrast: 0.1, saturation: 0.1, hue: 0 },
    randomErasing: null,
  },
  batchSize: { train: 32, eval: 64 },
  imbalance: { classWeights: false, balancedSampling: false },
  positiveClass: null,
  stages: [
    {
      name: 'head',
      unfreeze: 'head',
      epochs: 5,
      optimizer: { type: 'adamw', learningRate: { head: 3e-3 }, weightDecay: 1e-4, betas: [0.9, 0.999], epsilon: 1e-8 },
      schedule: { type: 'cosine', tMax: 10, per: 'epoch', minimum: 0 },
      earlyStopping: null,
      batchNorm: 'frozen',
      batchNormMomentum: 0.1,
    },
    {
      name: 'layer4',
      unfreeze: 'layer4',
      epochs: 5,
      optimizer: {
        type: 'adamw',
        learningRate: { head: 5e-4, backbone: 5e-5 },
        weightDecay: 1e-4,
        betas: [0.9, 0.999],
        epsilon: 1e-8,
      },
      schedule: { type: 'cosine', tMax: 10, per: 'epoch', minimum: 0 },
      earlyStopping: null,
      batchNorm: 'frozen',
      batchNormMomentum: 0.1,
    },
  ],
  keep: 'bestLoss',
  split: { train: 0.7, val: 0.15, test: 0.15 },
  groups: 'pattern',
  groupPattern: null,
  seed: 42,
  medical: false,
};

export const chestXray: Recipe = {
  ...photos,
  name: 'chest-xray',
  network: 'resnet50',
  weights: 'IMAGENET1K_V2',
  color: 'grayscale',
  trainViews: {
    count: 2,
    randomResizedCrop: { scale: [0.85, 1], ratio: [3 / 4, 4 / 3] },
    randomHorizontalFlip: 0.5,
    randomRotation: 7,
    randomAffine: null,
    colorJitter: null,
    randomErasing: null,
  },
  imbalance: { classWeights: true, balancedSampling: false },
  stages: [
    {
      name: 'head',
      unfreeze: 'head',
      epochs: 5,
      optimizer: { type: 'adamw', learningRate: { head: 2e-3 }, weightDecay: 1e-4, betas: [0.9, 0.999], epsilon: 1e-8 },
      schedule: { type: 'oneCycle', percentStart: 0.3, divFactor: 25, finalDivFactor: 1e4 },
      earlyStopping: null,
      batchNorm: 'frozen',
      batchNormMomentum: 0.1,
    },
    {
      name: 'layer4',
      unfreeze: 'layer4',
      epochs: 10,
      optimizer: { type: 'sgd', learningRate: { head: 5e-4, backbone: 1e-4 }, weightDecay: 1e-4, momentum: 0.9 },
      schedule: { type: 'cosine', tMax: 10, per: 'epoch', minimum: 0 },
      earlyStopping: null,
      batchNorm: 'frozen',
      batchNormMomentum: 0.1,
    },
  ],
  // Kermany's file names: person123_bacteria_4.jpeg, IM-0115-0001.jpeg, NORMAL2-IM-0115-0001.jpeg
  groupPattern: '^(person\\d+|(?:NORMAL2-)?IM-\\d+)',
  medical: true,
};

export const bundledRecipes = { photos, 'chest-xray': chestXray } as const;
