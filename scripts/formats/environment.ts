// The readers that docs/formats.md compares, and the writers of its inputs.
import { environment } from '../python.ts';

export const formatsEnvironment = environment(
  'formats',
  [
    'numpy==2.4.6',
    'pillow==13.0.0',
    'opencv-python-headless==5.0.0.93',
    'torch==2.15.0',
    'torchvision==0.29.2',
    'tifffile==2026.3.3',
    'imagecodecs==2026.3.6',
  ],
  '4 GB',
);

/** The newest OpenCV before version 5, which most programs still use. */
export const openCv4Environment = environment(
  'opencv4',
  ['numpy==2.4.6', 'opencv-python-headless==4.14.0.94'],
  '120 MB',
);
