import assert from 'node:assert/strict';
import { mkdir, realpath, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { indexFolder } from '../../../../runner/classification/classes/classFolders.ts';
import { compareCodePoints } from '../../../../shared/codePoints.ts';
import { type ErrorCode, UserError } from '../../../../shared/contracts/errors.ts';
import type { Finding } from '../../../../shared/contracts/finding.ts';
import { reasonDicom } from '../../../../shared/dataset/imageNames.ts';
import { folderWith, images } from '../../../support/imageFolder.ts';

// Elsewhere a file system may merge names that differ in case or accents, refuse some names, or want a right to make links.
const linux = process.platform === 'linux';

const problem =
  (code: ErrorCode, params: Record<string, unknown> = {}) =>
  (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code);
    for (const [key, value] of Object.entries(params)) assert.equal(error.params[key], value, key);
    assert.doesNotMatch(error.message, /\{\w+\}/);
    return true;
  };

const reasons = (findings: readonly { kind: string }[]) =>
  Object.fromEntries(
    findings
      .filter(({ kind }) => kind !== 'note')
      .map((finding) => {
        assert.ok(finding.kind === 'ignored');
        const { relativePath, reason } = finding as unknown as { relativePath: string; reason: string };
        return [relativePath, reason];
      }),
  );

test('indexFolder() reads train, val and test, by any usual name, in any case', async (t) => {
  for (const [train, val, tests] of [
    ['train', 'val', 'test'],
    ['Train', 'VALID', 'TEST'],
    ['TRAIN', 'Validation', 'Test'],
    // The keywords of Hugging Face's datasets 5.2.0 (data_files.py).
    ['Training', 'dev', 'Testing'],
    ['training', 'validation', 'eval'],
    ['train', 'Dev', 'EVALUATION'],
  ] as const) {
    const folder = await folderWith(t, {
      ...images(`${train}/cat`, 3),
      ...images(`${train}/dog`, 2),
      ...images(`${val}/cat`, 1),
      ...images(`${val}/dog`, 1),
      ...images(`${tests}/cat`, 1),
      ...images(`${tests}/dog`, 1),
    });
    const { index, findings } = await indexFolder(folder);
    assert.deepEqual(index.classNames, ['cat', 'dog']);
    assert.deepEqual(index.givenSplits, ['train', 'val', 'test']);
    assert.deepEqual(
      index.images
        .filter(({ givenSplit }) => givenSplit === 'val')
        .map(({ relativePath, label }) => [relativePath, label]),
      [
        [`${val}/cat/0.bmp`, 0],
        [`${val}/dog/0.bmp`, 1],
      ],
    );
    assert.deepEqual(findings, []);
  }
});

test('indexFolder() reads one flat set of class folders, with nested folders counting to their class', async (t) => {
  const folder = await folderWith(t, { ...images('cat', 2), ...images('dog/big/older', 1), ...images('dog', 1) });
  const { index } = await indexFolder(folder);
  assert.deepEqual(index.givenSplits, []);
  assert.deepEqual(
    index.images.map(({ relativePath, label, givenSplit }) => [relativePath, label, givenSplit]),
    [
      ['cat/0.bmp', 0, null],
      ['cat/1.bmp', 0, null],
      ['dog/0.bmp', 1, null],
      ['dog/big/older/0.bmp', 1, null],
    ],
  );
});

test('indexFolder() reads Training and Testing as splits that hold three classes', async (t) => {
  const classes = ['ring', 'plate', 'wedge'];
  const folder = await folderWith(
    t,
    Object.assign(
      {},
      ...['Training', 'Testing'].flatMap((split) => classes.map((name) => images(`${split}/${name}`, 2))),
    ),
  );
  const { index, findings } = await indexFolder(folder);
  assert.deepEqual(
    [index.classNames, index.givenSplits],
    [
      ['plate', 'ring', 'wedge'],
      ['train', 'test'],
    ],
  );
  assert.deepEqual(findings, []);
});

const notes = (findings: readonly Finding[]) => findings.flatMap((f) => (f.kind === 'note' ? [f.text] : []));

/** An image in each folder. */
const oneIn = (...folders: readonly string[]) =>
  Object.assign({}, ...folders.map((folder) => images(folder, 1))) as Record<string, Uint8Array>;

test('indexFolder() reads a split by a word in the name of its folder, and says so', async (t) => {
  for (const [train, tests] of [
    ['train_images', 'test_images'],
    ['my-train', 'my-test'],
    ['train-v2', 'Test-v2'],
    ['seg_train', 'seg_test'],
  ] as const) {
    const folder = await folderWith(t, {
      ...oneIn(`${train}/cat`, `${train}/dog`, `${tests}/cat`, `${tests}/dog`, 'annotations'),
    });
    const { index, findings } = await indexFolder(folder);
    assert.deepEqual(
      [index.classNames, index.givenSplits],
      [
        ['cat', 'dog'],
        ['train', 'test'],
      ],
      train,
    );
    assert.equal(index.images.find(({ givenSplit }) => givenSplit === 'test')?.relativePath, `${tests}/cat/0.bmp`);
    assert.deepEqual(notes(findings), [
      `Split folders by a word in their names: "${train}" is train, "${tests}" is test`,
    ]);
    assert.deepEqual(Object.keys(reasons(findings)), ['annotations']);
  }
});

test('indexFolder() reads none of several folders for a split by a word, and names them', async (t) => {
  const tops = ['train', 'val', 'test1', 'test2'];
  const folder = await folderWith(t, oneIn(...tops.flatMap((top) => [`${top}/cat`, `${top}/dog`])));
  const { index, findings } = await indexFolder(folder);
  assert.deepEqual(index.givenSplits, ['train', 'val']);
  assert.deepEqual(notes(findings), [
    'The folders "test1", "test2" are all named like test, so none of them is read: name one of them test to use it',
  ]);
  assert.deepEqual(Object.keys(reasons(findings)), ['test1', 'test2']);
});

test('indexFolder() reads a folder with a word for a split as the run that is resumed read it', async (t) => {
  const read = async (tops: readonly string[], recorded: readonly (readonly [path: string, className: string])[]) => {
    const folder = await folderWith(t, oneIn(...tops.flatMap((top) => [`${top}/cat`, `${top}/dog`])));
    const list = recorded.map(([path, className]) => ({
      relativePath: `${path}/0.bmp`,
      className,
      split: 'train' as const,
      sha256: '',
    }));
    const { index } = await indexFolder(folder, { innerFolders: 'known', recorded: list });
    return [index.classNames, index.givenSplits];
  };
  const given = ['train', 'val'].flatMap((top) => [[`${top}/cat`, 'cat'] as const, [`${top}/dog`, 'dog'] as const]);
  const classNames = ['cat', 'dog'];
  assert.deepEqual(await read(['train', 'val', 'test_images'], given), [classNames, ['train', 'val']]);
  assert.deepEqual(await read(['train', 'val', 'test_images'], [...given, ['test_images/cat', 'cat']]), [
    classNames,
    ['train', 'val', 'test'],
  ]);
  const words = ['test_images', 'train_images'];
  assert.deepEqual(await read(words, [['train_images/cat', 'train_images']]), [words, []]);
});

test('indexFolder() refuses classes that are named like splits, or says so among other classes', async (t) => {
  for (const folders of [
    ['train', 'test'],
    ['train_images', 'test_images'],
    ['trainset', 'testset'],
    ['seg_train/seg_train/sea', 'seg_train/seg_train/ice', 'seg_test/seg_test/sea', 'seg_pred/seg_pred'],
    ['train_images/cat', 'train_images/dog', 'test_images', 'masks'],
    // The same class folders in each, and an image beside them.
    ['trainset/cat', 'trainset/dog', 'testset/cat', 'testset/dog', 'testset'],
  ]) {
    const folder = await folderWith(t, oneIn(...folders));
    await assert.rejects(indexFolder(folder), problem('classesNamedLikeSplits', { folder }), folders.join());
    // The recipe says what the inner folders are, or a run began with it.
    assert.deepEqual((await indexFolder(folder, { innerFolders: 'known' })).index.givenSplits, []);
  }
  const { index, findings } = await indexFolder(await folderWith(t, oneIn('train_images', 'test_images', 'masks')));
  assert.deepEqual(index.classNames, ['masks', 'test_images', 'train_images']);
  assert.deepEqual(notes(findings), [
    'The folders "test_images", "train_images" are named like splits, but are classes here',
  ]);
});

test('indexFolder() reads folders named like splits as classes when they contain no folders but system folders', async (t) => {
  const folder = await folderWith(t, {
    ...images('bus', 1),
    ...images('dev', 1),
    ...images('training', 2),
    ...images('training/@eaDir/0.bmp', 3),
  });
  const { index } = await indexFolder(folder);
  assert.deepEqual([index.classNames, index.givenSplits, index.images.length], [['bus', 'dev', 'training'], [], 4]);
});

test('indexFolder() refuses outer folders that all contain the same folders, and names both', async (t) => {
  const folder = await folderWith(
    t,
    Object.assign({}, ...['fold 1', 'fold 2'].flatMap((fold) => [images(`${fold}/cat`, 1), images(`${fold}/dog`, 1)])),
  );
  await assert.rejects(
    indexFolder(folder),
    problem('sameFoldersInEach', { names: '"fold 1", "fold 2"', inner: '"cat", "dog"' }),
  );
  // A run that began with it goes on.
  const { index } = await indexFolder(folder, { innerFolders: 'known' });
  assert.deepEqual(index.classNames, ['fold 1', 'fold 2']);
});

test('indexFolder() reads class folders that share some folders, or contain images beside them', async (t) => {
  const some = await folderWith(t, {
    ...images('a/p1', 1),
    ...images('a/p2', 1),
    ...images('b/p2', 1),
    ...images('b/p3', 1),
  });
  assert.deepEqual((await indexFolder(some)).index.classNames, ['a', 'b']);
  const beside = await folderWith(t, {
    ...images('a', 1),
    ...images('a/x', 1),
    ...images('a/y', 1),
    ...images('b/x', 1),
    ...images('b/y', 1),
  });
  assert.deepEqual((await indexFolder(beside)).index.classNames, ['a', 'b']);
});

test('indexFolder() skips and lists folders made by storage systems, wherever they are', async (t) => {
  const made = ['@eaDir', '#recycle', '$RECYCLE.BIN', 'System Volume Information', 'lost+found', '.thumbnails'];
  const more = ['.AppleDouble', '.@__thumb', '@Recycle', '@Recently-Snapshot', '#snapshot', 'Network Trash Folder'];
  const inside = [...made, ...more].filter((name) => linux || !/[$]/.test(name));
  const folder = await folderWith(
    t,
    Object.assign(
      { 'dog/SYNOPHOTO_THUMB_XL.jpg': 'x' },
      images('cat', 1),
      images('dog', 1),
      ...inside.flatMap((name) => [images(name, 1), images(`cat/${name}/0.bmp`, 2)]),
    ),
  );
  const { index, findings } = await indexFolder(folder);
  assert.deepEqual(
    index.images.map(({ relativePath }) => relativePath),
    ['cat/0.bmp', 'dog/0.bmp'],
  );
  const said = reasons(findings);
  for (const name of inside) assert.match(said[`cat/${name}`]!, /^an? /, name);
  assert.equal(said['cat/@eaDir'], 'a folder of thumbnails that a Synology NAS makes');
  assert.equal(Object.keys(said).length, 2 * inside.length + 1);
});

test('indexFolder() reads a folder "train" full of images as a class', async (t) => {
  const folder = await folderWith(t, { ...images('bus', 1), ...images('train', 1) });
  const { index } = await indexFolder(folder);
  assert.deepEqual([index.classNames, index.givenSplits], [['bus', 'train'], []]);
});

test('indexFolder() skips and reports files that systems and editors leave behind', async (t) => {
  const folder = await folderWith(t, {
    ...images('cat', 1),
    ...images('dog', 1),
    ...images('__MACOSX/cat', 1),
    ...images('.ipynb_checkpoints', 1),
    ...images('cat/.ipynb_checkpoints', 1),
    'cat/Thumbs.db': 'x',
    'cat/.DS_Store': 'x',
    'cat/._0.bmp': 'x',
    'cat/empty.jpg': '',
    'cat/notes.txt': 'x',
    'cat/scan.dcm': 'x',
    'dog/photo.HEIC': 'x',
    'README.md': 'x',
    'stray.png': 'x',
  });
  const { index, findings } = await indexFolder(folder);
  assert.deepEqual(
    index.images.map(({ relativePath }) => relativePath),
    ['cat/0.bmp', 'dog/0.bmp'],
  );
  assert.deepEqual(reasons(findings), {
    __MACOSX: 'a macOS archive folder',
    '.ipynb_checkpoints': 'hidden',
    'cat/.ipynb_checkpoints': 'hidden',
    'cat/Thumbs.db': 'a file of the system',
    'cat/.DS_Store': 'hidden',
    'cat/._0.bmp': 'a macOS companion file',
    'cat/empty.jpg': 'an empty file',
    'cat/notes.txt': '.txt is not an image type that is read',
    'cat/scan.dcm': reasonDicom,
    'dog/photo.HEIC': '.heic is not read: convert it to JPEG or PNG',
    'README.md': '.md is not an image type that is read',
    'stray.png': 'an image outside the class folders',
  });
});

test('indexFolder() recognises image files by any usual extension, in any case', async (t) => {
  const extensions = [
    ...['jpg', 'JPG', 'jpeg', 'JPEG', 'jfif', 'png', 'PNG', 'webp', 'avif', 'gif', 'bmp', 'tif', 'TIFF'],
    ...['pgm', 'PGM', 'ppm', 'pbm', 'pnm'],
  ];
  const files = Object.fromEntries(extensions.map((extension) => [`cat/${extension}.${extension}`, 'x']));
  const { index } = await indexFolder(await folderWith(t, { ...files, ...images('dog', 1) }));
  assert.equal(index.images.filter(({ label }) => label === 0).length, extensions.length);
});

test('indexFolder() orders classes by code point, on every machine and in every locale', async (t) => {
  const names = ['10', '2', '1', 'b', 'B', 'ä', 'z', 'İ', 'i', 'ı', '\u{1F41D}', '\uFF5E'].filter(
    (name) => name !== 'B',
  );
  const folder = await folderWith(t, Object.assign({}, ...names.map((name) => images(name, 1))));
  const { index } = await indexFolder(folder);
  assert.deepEqual(index.classNames, ['1', '10', '2', 'b', 'i', 'z', 'ä', 'İ', 'ı', '\uFF5E', '\u{1F41D}']);
  assert.deepEqual(
    names.toSorted(compareCodePoints),
    index.classNames,
    'as Python sorts them; UTF-16 units would put the bee first',
  );
});

test('indexFolder() keeps names unchanged: spaces, quotes, %, #, newlines, right-to-left, emoji', {
  skip: !linux,
}, async (t) => {
  const names = ['a b', "it's", '50%', '#1', 'two\nlines', '\u05d0\u05d1', '🐝', 'x\\y'];
  const folder = await folderWith(t, Object.assign({}, ...names.map((name) => images(name, 1, () => `${name}.bmp`))));
  const { index } = await indexFolder(folder);
  assert.deepEqual(index.classNames, names.toSorted(compareCodePoints));
  for (const { relativePath, label } of index.images)
    assert.equal(relativePath, `${index.classNames[label]}/${index.classNames[label]}.bmp`);
});

test('indexFolder() refuses, in a sentence, folders that cannot train a classifier', { skip: !linux }, async (t) => {
  const cat = images('cat', 1);
  const dog = images('dog', 1);
  const cases: readonly (readonly [Record<string, Uint8Array | string>, ErrorCode, Record<string, unknown>])[] = [
    [{ '.hidden': 'x' }, 'notADataset', {}],
    [{ 'readme.txt': 'x' }, 'allPassedOver', {}],
    [
      { ...images('.', 2, (i) => `${i}.bmp`) },
      'allPassedOver',
      { count: 2, reasons: '2 x an image outside the class folders (for example "0.bmp")' },
    ],
    [{ 'cat/a.txt': 'x', 'dog/b.txt': 'x' }, 'allPassedOver', { count: 2 }],
    [cat, 'oneClass', { className: 'cat' }],
    [{ ...images('animals/cat', 1), ...images('animals/dog', 1) }, 'nestedDataset', { className: 'animals' }],
    [{ ...cat, ...dog, 'cow/.a.txt': 'x' }, 'emptyClass', { className: 'cow' }],
    [
      { ...cat, ...dog, 'cow/a.txt': 'x' },
      'classPassedOver',
      { className: 'cow', reasons: '1 x .txt is not an image type that is read (for example "cow/a.txt")' },
    ],
    [{ ...cat, ...images('Cat', 1), ...dog }, 'ambiguousFolders', { names: '"Cat" and "cat"' }],
    [{ ...images('caf\u00e9', 1), ...images('cafe\u0301', 1) }, 'ambiguousFolders', {}],
    [
      { ...images('train/cat', 1), ...images('train/dog', 1), ...images('val/cat', 1) },
      'classMissingInSplit',
      { className: 'dog', split: 'val' },
    ],
    [
      { ...images('train/cat', 1), ...images('train/dog', 1), ...images('test/cat', 1), 'test/dog/.keep': '' },
      'emptyClass',
      { className: 'dog', split: 'test' },
    ],
    [{ ...images('train/cat', 1), ...images('Train/dog', 1) }, 'twoFoldersForSplit', { split: 'train' }],
    [
      { ...images('train/cat', 1), ...images('val/cat', 1), ...images('valid/cat', 1) },
      'twoFoldersForSplit',
      { split: 'val' },
    ],
    [
      { ...images('train/cat', 1), ...images('train/dog', 1), ...images('val/Cat', 1), ...images('val/dog', 1) },
      'ambiguousFolders',
      {},
    ],
  ];
  for (const [files, code, params] of cases) {
    const folder = await folderWith(t, files);
    await assert.rejects(indexFolder(folder), problem(code, params), Object.keys(files).join());
  }
});

test('indexFolder() refuses a missing folder, and a file in its place', async (t) => {
  const folder = await folderWith(t, images('cat', 1));
  await assert.rejects(indexFolder(join(folder, 'nowhere')), problem('folderMissing'));
  await assert.rejects(indexFolder(join(folder, 'cat', '0.bmp')), problem('folderMissing'));
});

test('indexFolder() lists the folders beside the splits that it did not read', async (t) => {
  const folder = await folderWith(t, {
    ...images('train/cat', 1),
    ...images('train/dog', 1),
    ...images('unlabelled', 2),
  });
  await mkdir(join(folder, 'val'));
  const { index, findings } = await indexFolder(folder);
  assert.deepEqual(index.givenSplits, ['train']);
  assert.deepEqual(Object.keys(reasons(findings)), ['unlabelled', 'val']);
});

test('indexFolder() follows symbolic links within the dataset once, and detects loops', {
  skip: !linux,
}, async (t) => {
  const folder = await folderWith(t, {
    ...images('cat', 2),
    ...images('dog', 1),
    ...images('.pool', 1, () => 'hidden.bmp'),
  });
  const outside = await folderWith(t, images('elsewhere', 1));
  await symlink('..', join(folder, 'cat', 'up'));
  await symlink('.', join(folder, 'cat', 'self'));
  await symlink('0.bmp', join(folder, 'cat', 'again.bmp'));
  await symlink(join('..', '.pool', 'hidden.bmp'), join(folder, 'dog', 'one.bmp'));
  await symlink(join('..', '.pool', 'hidden.bmp'), join(folder, 'dog', 'two.bmp'));
  await symlink(join(outside, 'elsewhere'), join(folder, 'dog', 'far'));
  await symlink(join(outside, 'elsewhere', '0.bmp'), join(folder, 'dog', 'far.bmp'));
  await symlink('nothing', join(folder, 'dog', 'dangling.bmp'));
  await symlink('circle.bmp', join(folder, 'dog', 'circle.bmp'));
  const { index, findings } = await indexFolder(folder);
  assert.deepEqual(
    index.images.map(({ relativePath }) => relativePath),
    ['cat/0.bmp', 'cat/1.bmp', 'dog/0.bmp', 'dog/one.bmp'],
  );
  const said = reasons(findings);
  assert.match(said['cat/self']!, /counted already/);
  assert.match(said['cat/again.bmp']!, /counted already/);
  assert.match(said['dog/two.bmp']!, /counted already/);
  assert.match(said['dog/far']!, /out of the dataset/);
  assert.match(said['dog/far.bmp']!, /out of the dataset/);
  assert.match(said['dog/dangling.bmp']!, /broken symbolic link/);
  assert.match(said['dog/circle.bmp']!, /circular/);
  assert.match(said['cat/up']!, /around what is counted already/);
});

test('indexFolder() descends into a folder named like an image', async (t) => {
  const { index } = await indexFolder(await folderWith(t, { ...images('cat/x.jpg', 1), ...images('dog', 1) }));
  assert.deepEqual(
    index.images.map(({ relativePath }) => relativePath),
    ['cat/x.jpg/0.bmp', 'dog/0.bmp'],
  );
});

test('indexFolder() stops when its signal aborts', async (t) => {
  const folder = await folderWith(t, { ...images('cat', 1), ...images('dog', 1) });
  await assert.rejects(indexFolder(folder, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

/** A dataset as DVC, git-annex and FiftyOne leave it: every image is a link into a folder beside it. */
async function linkedDataset(t: TestContext) {
  const root = await folderWith(t, { ...images('store', 4), ...images('elsewhere', 1) });
  const folder = join(root, 'data');
  for (const [i, path] of ['cat/a.bmp', 'cat/b.bmp', 'dog/c.bmp', 'dog/d.bmp'].entries()) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(join('..', '..', 'store', `${i}.bmp`), join(folder, path));
  }
  return { root, folder, store: join(root, 'store') };
}

test('indexFolder() follows links out of the dataset only into folders that the user named', {
  skip: !linux,
}, async (t) => {
  const { root, folder, store } = await linkedDataset(t);
  await symlink(join(root, 'elsewhere', '0.bmp'), join(folder, 'cat', 'e.bmp'));
  const { index, findings } = await indexFolder(folder, { linkFolders: [store, join(root, 'not there')] });
  assert.deepEqual(
    index.images.map(({ relativePath }) => relativePath),
    ['cat/a.bmp', 'cat/b.bmp', 'dog/c.bmp', 'dog/d.bmp'],
  );
  assert.deepEqual(
    findings.map((finding) => ('relativePath' in finding ? finding.relativePath : finding.kind)),
    ['note', 'cat/e.bmp'],
  );
  const [note] = findings;
  assert.ok(
    note?.kind === 'note' && note.text.includes(join(await realpath(root), 'elsewhere')),
    'says where it leads',
  );
  // A folder beside the named one whose name begins alike is another folder.
  await assert.rejects(indexFolder(folder, { linkFolders: [store.slice(0, -1)] }), problem('allPassedOver'));
});

test('indexFolder() reports how many files were skipped, why, and how to allow links', {
  skip: !linux,
}, async (t) => {
  const { folder } = await linkedDataset(t);
  const error = await indexFolder(folder).catch((error: unknown) => error);
  assert.ok(error instanceof UserError && error.code === 'allPassedOver', String(error));
  assert.match(error.message, /4 x a symbolic link out of the dataset folder .*--follow-links.*shoulders\.followLinks/);
  assert.equal(error.findings.filter(({ kind }) => kind === 'ignored').length, 4);
});

test('indexFolder() recognises DICOM files by extension, and by their first bytes otherwise', async (t) => {
  const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]);
  const files = {
    'a/1.dcm': 'x',
    'a/2.DICOM': 'x',
    'a/IM0001': dicom,
    'b/1.2.840.113619.2.55': dicom,
    'b/README': 'x',
  };
  const error = await indexFolder(await folderWith(t, files)).catch((error: unknown) => error);
  assert.ok(error instanceof UserError, String(error));
  assert.equal(
    error.params.reasons,
    `4 x ${reasonDicom} (for example "a/1.dcm"); 1 x not an image by its name (for example "b/README")`,
  );
});
