// List of all sample files: path and drawing of each. `write.ts` writes them; the tests redraw a few and compare.
import { stream, uniform } from '../../shared/random.ts';
import { drawAnimal } from './animals.ts';
import type { Species } from './heads.ts';
import { chestPatients } from './patients.ts';
import { jpegOf } from './picture.ts';
import { drawRadiograph } from './radiograph.ts';

export interface SampleFile {
  /** Path with /, relative to samples/. */
  readonly relativePath: string;
  draw(): Promise<Buffer>;
}

const seed = 2026;

export const sampleFiles = (): SampleFile[] => [...animals(), ...chestXrays()];

function animals(): SampleFile[] {
  const files: SampleFile[] = [];
  const perClass = { train: 100, val: 20, test: 50 };
  for (const species of ['cat', 'dog'] as const)
    for (const [split, count] of Object.entries(perClass))
      for (let i = 1; i <= count; i++) {
        const name = `${species}-${split}-${String(i).padStart(3, '0')}`;
        files.push({ relativePath: `animals/${split}/${species}/${name}.jpg`, draw: () => animal(species, name) });
      }
  return files;
}

function animal(species: Species, name: string): Promise<Buffer> {
  const random = stream(seed, 'animal-picture', name);
  const [width, height] = [Math.round(uniform(random, 160, 224)), Math.round(uniform(random, 160, 208))];
  return jpegOf(drawAnimal(species, seed, name, width, height), random, {
    grain: uniform(random, 1, 5),
    blur: uniform(random, 0, 1),
    quality: 80,
    grayscale: false,
  });
}

function chestXrays(): SampleFile[] {
  return chestPatients(seed).map(({ split, finding, fileName }) => ({
    relativePath: `chest_xray/${split}/${finding}/${fileName}`,
    draw: () => {
      const random = stream(seed, 'chest-picture', fileName);
      const [width, height] = [Math.round(uniform(random, 200, 248)), Math.round(uniform(random, 168, 216))];
      return jpegOf(drawRadiograph(finding, seed, fileName, width, height), random, {
        grain: uniform(random, 2, 4),
        blur: uniform(random, 0.6, 1.2),
        quality: 84,
        grayscale: true,
      });
    },
  }));
}
