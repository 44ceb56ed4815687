// Patients of the synthetic chest X-rays. File names follow Kermany's: person<id>_<germ>_<n>.jpeg, IM-<id>-<n>.jpeg,
// NORMAL2-IM-<id>-<n>.jpeg; a patient has one to four images, all in one split, as a recipe's groupPattern expects.
import { stream } from '../../shared/random.ts';
import { chance } from './svg.ts';

export type ChestFinding = 'NORMAL' | 'PNEUMONIA';

export interface ChestImage {
  readonly split: 'train' | 'val' | 'test';
  readonly finding: ChestFinding;
  readonly fileName: string;
}

const counts = {
  train: { NORMAL: 60, PNEUMONIA: 180 },
  val: { NORMAL: 16, PNEUMONIA: 16 },
  test: { NORMAL: 40, PNEUMONIA: 60 },
} as const;

export function chestPatients(seed: number): ChestImage[] {
  const images: ChestImage[] = [];
  const random = stream(seed, 'patients');
  let patient = 1;
  for (const split of ['train', 'val', 'test'] as const)
    for (const finding of ['NORMAL', 'PNEUMONIA'] as const) {
      let left: number = counts[split][finding];
      while (left > 0) {
        const visits = Math.min(left, 1 + Math.floor(random() * 4));
        const name =
          finding === 'NORMAL' ? normalName(patient, chance(random, 0.3)) : pneumoniaName(patient, chance(random, 0.6));
        for (let visit = 1; visit <= visits; visit++) images.push({ split, finding, fileName: name(visit) });
        left -= visits;
        patient++;
      }
    }
  return images;
}

const normalName = (patient: number, second: boolean) => (visit: number) =>
  `${second ? 'NORMAL2-' : ''}IM-${pad(patient)}-${pad(visit)}.jpeg`;

const pneumoniaName = (patient: number, bacterial: boolean) => (visit: number) =>
  `person${patient}_${bacterial ? 'bacteria' : 'virus'}_${visit}.jpeg`;

const pad = (n: number): string => String(n).padStart(4, '0');
