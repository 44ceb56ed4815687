// The one schema of a recipe; its presets are in recipes.ts. The editor's JSON Schema is made from it.
import { z } from 'zod';
import { Architecture, currentPartName, cuts, cutsOf, oldPartNames } from './architectures.ts';
import { depths } from './depth.ts';
import { Optimizer } from './optimizers.ts';
import { TaskType, taskOfOlderVersions } from './task.ts';

/** The lowest part that trains; everything above it trains too. `all` means the whole network. */
export const Unfreeze = z
  .preprocess((name) => (typeof name === 'string' ? currentPartName(name) : name), z.enum(cuts))
  // The editor accepts the old names, too, and shows the present ones.
  .meta({
    enum: [...cuts, ...Object.keys(oldPartNames)],
    enumDescriptions: [
      ...cuts.map(() => ''),
      ...Object.values(oldPartNames).map((name) => `The name of "${name}" in older versions.`),
    ],
  });
export type Unfreeze = z.infer<typeof Unfreeze>;

const probability = z.number().min(0).max(1);
const positive = z.number().positive();
const range = (low: z.ZodNumber) =>
  z.tuple([low, low]).refine(([a, b]) => a <= b, 'the first number must not exceed the second');

export const TrainViews = z
  .strictObject({
    count: z
      .union([z.int().min(1).max(1000), z.literal('fresh')])
      .describe(
        'How many augmented views of each image the training cycles through (epoch e uses view e mod count), so that frozen features are computed once per view; "fresh" makes a new view every epoch, as a plain data loader does.',
      ),
    randomResizedCrop: z
      .strictObject({
        scale: range(z.number().positive().max(1)).describe(
          'Share of the image area that a crop covers: [lowest, highest].',
        ),
        ratio: range(positive)
          .default([3 / 4, 4 / 3])
          .describe('Width / height of the crop before it is resized: [lowest, highest].'),
      })
      .nullable()
      .describe('torchvision RandomResizedCrop; null: the evaluation view (Resize, CenterCrop) instead.'),
    randomHorizontalFlip: probability.describe(
      'torchvision RandomHorizontalFlip: chance of a mirror image. Mirror images mislead where left and right matter.',
    ),
    randomRotation: z
      .number()
      .min(0)
      .max(180)
      .describe('torchvision RandomRotation: degrees, drawn from [-d, d]; 0: none.'),
    randomAffine: z
      .strictObject({
        degrees: z.number().min(0).max(180).default(0),
        translate: z
          .tuple([probability, probability])
          .default([0, 0])
          .describe('Largest shift as a share of [width, height].'),
        scale: range(positive).default([1, 1]),
        shear: z.number().min(0).max(89).default(0).describe('Degrees along x, drawn from [-s, s].'),
      })
      .nullable()
      .describe('torchvision RandomAffine; null: none.'),
    colorJitter: z
      .strictObject({
        brightness: z.number().min(0).default(0),
        contrast: z.number().min(0).default(0),
        saturation: z.number().min(0).default(0),
        hue: z.number().min(0).max(0.5).default(0),
      })
      .nullable()
      .describe(
        'torchvision ColorJitter: each factor is drawn from [1 - x, 1 + x] (hue: [-h, h]), in random order; null: none.',
      ),
    randomErasing: z
      .strictObject({
        probability: probability.default(0.5),
        scale: range(probability).default([0.02, 0.33]),
        ratio: range(positive).default([0.3, 3.3]),
      })
      .nullable()
      .describe('torchvision RandomErasing with value 0 after normalisation (the mean colour); null: none.'),
  })
  .describe('Augmentation of training images, in this order: crop, affine, rotation, flip, colour, erasing.');
export type TrainViews = z.infer<typeof TrainViews>;

/** Wide bounds within which every rate is a number. */
const divisor = z.number().min(1e-6).max(1e12);

export const Schedule = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('constant') }),
    z.strictObject({
      type: z.literal('cosine'),
      tMax: z.int().min(1).describe('Half a period, in epochs or batches.'),
      per: z.enum(['epoch', 'batch']).default('epoch'),
      minimum: z.number().min(0).default(0),
    }),
    z.strictObject({
      type: z.literal('warmUpCosine'),
      warmUp: z.int().min(1).describe('Length of the linear warm-up, in epochs or batches.'),
      startFactor: positive.max(1).default(0.1),
      per: z.enum(['epoch', 'batch']).default('batch'),
    }),
    z.strictObject({
      type: z.literal('oneCycle'),
      percentStart: positive.max(1).default(0.3),
      divFactor: divisor.default(25),
      finalDivFactor: divisor.default(1e4),
    }),
  ])
  .describe(
    'torch.optim.lr_scheduler: CosineAnnealingLR; LinearLR then CosineAnnealingLR over the rest of the stage; OneCycleLR over the stage, stepped per batch, momentum cycled.',
  );
export type Schedule = z.infer<typeof Schedule>;

export const EarlyStopping = z.strictObject({
  monitor: z.enum(['loss', 'auroc']).default('loss').describe('Validation figure that must improve.'),
  patience: z.int().min(1).default(3).describe('Epochs without improvement before the stage ends.'),
  minimumDelta: z.number().min(0).default(0),
});
export type EarlyStopping = z.infer<typeof EarlyStopping>;

/** Eval mode, or train mode. */
export const BatchNormMode = z.enum(['frozen', 'train']);

export const Stage = z.strictObject({
  name: z.string().min(1).max(40),
  unfreeze: Unfreeze.describe('The lowest part that trains; everything above it trains too.'),
  epochs: z.int().min(1).max(10_000),
  optimizer: Optimizer,
  schedule: Schedule,
  earlyStopping: EarlyStopping.nullable().default(null),
  // Absent in recipes of older versions: frozen.
  batchNorm: BatchNormMode.default('frozen').describe(
    'BatchNorm of the part that trains. "frozen" (eval mode) keeps the running statistics of the weights; "train" normalizes by each batch and moves them, as torchvision\'s classification reference does: for large batches and many images. From random weights every stage trains it.',
  ),
  batchNormMomentum: positive
    .max(1)
    .default(0.1)
    .describe(
      'With batchNorm "train": share of a batch in the new running statistics, the momentum of torch.nn.BatchNorm2d.',
    ),
});
export type Stage = z.infer<typeof Stage>;

const RecipeFields = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).max(60).describe('Shown in the sidebar.'),
  // Absent in recipes and runs of older versions: classification.
  task: TaskType.default(taskOfOlderVersions).describe(
    'What the network learns. "classification": one class for each image, named by the folder that holds it.',
  ),
  network: Architecture,
  weights: z
    .string()
    .min(1)
    .describe(
      'IMAGENET1K_V1, IMAGENET1K_V2 (the official weights), "starter" (resnet18 only: shipped with the extension, learned from drawings; official weights are better for photographs), "none" (random weights), or a .pth, .ckpt, .bin or .safetensors file; a relative path is relative to the recipe file or the working folder.',
    ),
  weightsPrefix: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe(
      'Which network of a weights file that holds several: the prefix of its names ("module.encoder_q."), after the keys of dictionaries if need be ("model_ema.module."); "." is no prefix. Left out: the only one that fits.',
    ),
  imageSize: z.int().min(32).max(1024).multipleOf(32).describe('Side of the square that the network sees, in pixels.'),
  color: z
    .enum(['rgb', 'grayscale'])
    .describe('"grayscale": torchvision Grayscale(num_output_channels=3) before the network.'),
  // Absent in recipes of older versions: 16.
  depth: z
    .literal(['auto', ...depths])
    .default(16)
    .meta({ default: 'auto' })
    .describe(
      'How many bits of 16-bit images carry the picture: detectors often give 12, stored in 16. "auto": the fewest of 8, 10, 12, 14 and 16 that hold the largest value of the whole dataset, the same for every image; 16: the whole range of the file type. Larger values become white. Files that declare their own range (PNG sBIT, PNM maxval) are read by it.',
    ),
  trainViews: TrainViews,
  batchSize: z.strictObject({ train: z.int().min(1).max(1024), eval: z.int().min(1).max(1024) }),
  imbalance: z.strictObject({
    classWeights: z.boolean().describe('Weight the loss by N / (K * n_class).'),
    balancedSampling: z
      .boolean()
      .describe('Draw training images with replacement so that every class is met equally often.'),
  }),
  positiveClass: z
    .string()
    .min(1)
    .nullable()
    .describe(
      'With two classes: the one whose probability is the score (sensitivity is its recall); null: the second in code-point order.',
    ),
  stages: z.array(Stage).min(1).max(10),
  keep: z
    .enum(['bestLoss', 'last'])
    .describe('Which weights a stage hands on: those of its best validation loss, or its last.'),
  split: z
    .strictObject({ train: positive, val: positive, test: positive })
    .refine((s) => Math.abs(s.train + s.val + s.test - 1) < 1e-6, 'the three shares must sum to 1')
    .describe('Shares of a split made here (the folder has none, or lacks val).'),
  groups: z
    .enum(['pattern', 'folder', 'image'])
    .default('pattern')
    .describe(
      'What stays inside one split. "folder": each folder below a class folder is a patient or another group, by its name (class/patient/image.png). "pattern": what groupPattern names. "image": every image is its own group, whatever folders it is in.',
    ),
  groupPattern: z
    .string()
    .min(1)
    .nullable()
    .describe(
      'With groups "pattern": a regular expression over the file name, or, if it holds a /, over the path within the class folder (^([^/]+)/ is the folder there); its first group (or whole match) names the patient or group, which then stays inside one split. It is matched in linear time, so it can neither look ahead or behind nor refer back to a group. null: every image is its own group.',
    ),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  medical: z.boolean().describe('Prints "not for diagnostic use" wherever results are shown.'),
});

/** Every stage trains a part that its network has, and BatchNorm only where that part has some. */
export const Recipe = RecipeFields.superRefine(({ network, weights, stages }, context) => {
  const values = [...cutsOf(network)];
  stages.forEach(({ unfreeze, batchNorm }, stage) => {
    // From random weights every stage trains the whole network.
    if (batchNorm === 'train' && unfreeze === values[0] && weights !== 'none')
      context.addIssue({
        code: 'custom',
        path: ['stages', stage, 'batchNorm'],
        message: `with unfreeze "${unfreeze}" there is no BatchNorm to train: unfreeze a lower part, or leave batchNorm out`,
      });
    if (values.includes(unfreeze)) return;
    const path = ['stages', stage, 'unfreeze'];
    context.addIssue({
      code: 'invalid_value',
      values,
      input: unfreeze,
      path,
      message: `${network} has no ${unfreeze}`,
    });
  });
});
export type Recipe = z.infer<typeof Recipe>;
