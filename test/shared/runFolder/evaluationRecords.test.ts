import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { EvaluationRecord } from '../../../shared/contracts/classification/evaluationRecord.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { writeEvaluationRecord } from '../../../shared/runFolder/evaluationRecords.ts';
import { faultyFileSystem } from '../../support/faultyFileSystem.ts';

let scratch: string;
before(async () => void (scratch = await mkdtemp(join(tmpdir(), 'records-'))));
after(() => rm(scratch, { recursive: true, force: true }));

// As much of a record as its writer looks at.
const record = { model: { kind: 'run' }, data: { folder: '/data' } } as unknown as EvaluationRecord;
const rows = { relativePaths: ['a.png'], labels: [0], logits: [1, -1], classNames: ['cat', 'dog'] };

test('writeEvaluationRecord() leaves a complete record or none, for every call that fails', async () => {
  const probe = faultyFileSystem(undefined);
  await writeEvaluationRecord(join(scratch, 'whole'), record, rows, probe);
  const whole = (await readdir(join(scratch, 'whole'))).sort();
  assert.ok(probe.count > 10);
  for (const code of ['ENOSPC', 'EROFS', 'EACCES'])
    for (let at = 1; at <= probe.count; at++) {
      const folder = join(scratch, `${code}-${at}`);
      const fs = faultyFileSystem({ code, at, partialBytes: 3 });
      const written = await writeEvaluationRecord(folder, record, rows, fs).then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof UserError);
          return false;
        },
      );
      const names = (await readdir(scratch)).includes(`${code}-${at}`) ? (await readdir(folder)).sort() : undefined;
      assert.deepEqual(names, written ? whole : undefined, `${code} in call ${at} (${fs.failed})`);
    }
});
