// The most recently decoded images, up to a number of bytes: a training image is decoded once and viewed many times.
import type { Raster } from './samples/raster.ts';

export interface ImageCache {
  /** Returns the image from memory, or loads and stores it. Concurrent calls for a key share one load; a failed load is not stored. */
  get(key: string, load: () => Promise<Raster>): Promise<Raster>;
  readonly sizeBytes: number;
}

export function createImageCache(limitBytes: number): ImageCache {
  const images = new Map<string, Raster>(); // in order of use, the least recent first
  const loading = new Map<string, Promise<Raster>>();
  let sizeBytes = 0;

  function remember(key: string, raster: Raster): void {
    images.set(key, raster);
    sizeBytes += raster.data.length;
    for (const [oldest, { data }] of images) {
      if (sizeBytes <= limitBytes) break;
      images.delete(oldest);
      sizeBytes -= data.length;
    }
  }

  return {
    async get(key, load) {
      const known = images.get(key);
      if (known) {
        images.delete(key);
        images.set(key, known);
        return known;
      }
      const pending = loading.get(key);
      if (pending) return pending;
      const started = load();
      loading.set(key, started);
      try {
        const raster = await started;
        remember(key, raster);
        return raster;
      } finally {
        loading.delete(key);
      }
    },
    get sizeBytes() {
      return sizeBytes;
    },
  };
}
