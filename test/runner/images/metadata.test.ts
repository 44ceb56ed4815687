import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { metadataOf } from '../../../runner/images/metadata.ts';
import { assertProperty } from '../../support/property.ts';

const blank = () => sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } });
const exif = {
  IFD0: { Artist: 'Anna Schmidt', ImageDescription: 'Knee' },
  IFD2: { CameraOwnerName: 'Praxis Mitte' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '0/1 7/1 0/1' },
};
const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:DICOM="http://ns.adobe.com/DICOM/" DICOM:PatientName="DOE^JOHN" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator><rdf:Seq><rdf:li>Berta Braun</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

const told = (bytes: Uint8Array) => {
  const { texts, hasPosition } = metadataOf(bytes);
  return { ...Object.fromEntries(texts.map(({ field, text }) => [field, text])), hasPosition };
};

/** A chunk after a PNG's header; its checksum is not read. */
function withChunk(png: Buffer, type: string, body: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + body.length);
  chunk.writeUInt32BE(body.length);
  chunk.write(type, 4, 'latin1');
  body.copy(chunk, 8);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

/** A segment after a JPEG's first marker. */
function withSegment(jpeg: Buffer, marker: number, body: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

for (const format of ['jpeg', 'png', 'webp'] as const)
  test(`metadataOf() reads EXIF that libvips wrote into a ${format} file`, async () => {
    const found = told(await blank().withExif(exif).toFormat(format).toBuffer());
    assert.equal(found['EXIF Artist' as never], 'Anna Schmidt');
    assert.equal(found['EXIF ImageDescription' as never], 'Knee');
    assert.equal(found['EXIF CameraOwnerName' as never], 'Praxis Mitte');
    assert.equal(found.hasPosition, true);
  });

for (const format of ['jpeg', 'png', 'webp'] as const)
  test(`metadataOf() reads XMP of a ${format} file, elements and attributes`, async () => {
    const found = told(await blank().withXmp(xmp).toFormat(format).toBuffer());
    assert.deepEqual(found, { 'XMP creator': 'Berta Braun', 'XMP PatientName': 'DOE^JOHN', hasPosition: false });
  });

test('metadataOf() reads the tags of a TIFF file, in both byte orders', () => {
  for (const little of [true, false]) {
    const bytes = Buffer.alloc(64);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    bytes.write(little ? 'II' : 'MM', 'latin1');
    view.setUint16(2, 42, little);
    view.setUint32(4, 8, little);
    view.setUint16(8, 1, little);
    view.setUint16(10, 0x013b, little); // Artist
    view.setUint16(12, 2, little);
    view.setUint32(14, 13, little);
    view.setUint32(18, 40, little);
    bytes.write('Anna Schmidt', 40, 'latin1');
    assert.deepEqual(told(bytes), { 'EXIF Artist': 'Anna Schmidt', hasPosition: false });
  }
});

test('metadataOf() reads text chunks of PNG: plain, compressed, international', async () => {
  const png = await blank().png().toBuffer();
  const compressed = deflateSync(Buffer.from('née en 1951'));
  const chunked = [
    ['tEXt', Buffer.from('Author\0Anna', 'latin1')],
    ['zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), compressed])],
    ['iTXt', Buffer.from('Description\0\0\0fr\0Légende\0née en 1951')],
    ['iTXt', Buffer.concat([Buffer.from('Title\0\x01\0\0\0', 'latin1'), compressed])],
  ] as const;
  const all = chunked.reduce<Buffer>((bytes, [type, body]) => withChunk(bytes, type, body), png);
  assert.deepEqual(told(all), {
    'PNG Author': 'Anna',
    'PNG Comment': 'née en 1951',
    'PNG Description': 'née en 1951',
    'PNG Title': 'née en 1951',
    hasPosition: false,
  });
});

test('metadataOf() reads comments of JPEG and GIF, and IPTC', async () => {
  const jpeg = await blank().jpeg().toBuffer();
  const iptc = Buffer.concat([
    Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0d', 'latin1'),
    Buffer.from([0x1c, 2, 80, 0, 4]),
    Buffer.from('Anna'),
  ]);
  assert.deepEqual(told(withSegment(withSegment(jpeg, 0xfe, Buffer.from('MRN 123456')), 0xed, iptc)), {
    'IPTC By-line': 'Anna',
    'JPEG comment': 'MRN 123456',
    hasPosition: false,
  });
  const gif = await blank().gif().toBuffer();
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe, 10]), Buffer.from('MRN 123456'), Buffer.from([0])]);
  assert.deepEqual(told(Buffer.concat([gif.subarray(0, gif.length - 1), comment, Buffer.from([0x3b])])), {
    'GIF comment': 'MRN 123456',
    hasPosition: false,
  });
});

test('metadataOf() reads EXIF and XMP that libvips wrote into AVIF, and comments of portable any-maps', async () => {
  const { texts, hasPosition } = metadataOf(await blank().withExif(exif).withXmp(xmp).avif().toBuffer());
  const found = new Map(texts.map(({ field, text }) => [field, text]));
  assert.equal(hasPosition, true);
  assert.equal(found.get('EXIF Artist'), 'Anna Schmidt');
  assert.equal(found.get('XMP PatientName'), 'DOE^JOHN');
  assert.deepEqual(metadataOf(Buffer.from('P5\n# MRN 123456\n2 #Jürgen Groß\n1 255\n#not\n')).texts, [
    { field: 'PNM comment', text: 'MRN 123456' },
    { field: 'PNM comment', text: 'Jürgen Groß' },
  ]);
  assert.deepEqual(metadataOf(Buffer.from('P4 2 1\n#a\n')).texts, []);
});

test('metadataOf() finds nothing in plain images of every type', async () => {
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff'] as const)
    assert.deepEqual(told(await blank().toFormat(format).toBuffer()), { hasPosition: false }, format);
});

test('metadataOf() never throws and returns little text, whatever the bytes', async () => {
  const originals = await Promise.all(
    (['jpeg', 'png', 'webp', 'gif', 'tiff'] as const).map((format) =>
      blank().withExif(exif).toFormat(format).toBuffer(),
    ),
  );
  assertProperty(
    fc.property(
      fc.constantFrom(...originals),
      fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(2000),
      (original, patches, end) => {
        const damaged = new Uint8Array(original);
        for (const [at, value] of patches) if (at < damaged.length) damaged[at] = value;
        assert.ok(metadataOf(damaged).texts.length <= 200);
        assert.ok(metadataOf(damaged.subarray(0, end)).texts.every(({ text }) => text.length <= 4000));
      },
    ),
    { numRuns: 3000 },
  );
});

test('metadataOf() limits the text inflated from a small chunk', async () => {
  const bomb = deflateSync(Buffer.alloc(50_000_000, 'a'));
  const png = withChunk(
    await blank().png().toBuffer(),
    'zTXt',
    Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), bomb]),
  );
  assert.deepEqual(told(png), { hasPosition: false });
});
