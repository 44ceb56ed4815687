// Icon sets of the npm registry from which the training set of the starter weights is drawn, with what their licences ask to be named.
// Only licences that allow derived works under any terms: no share-alike, no non-commercial.

/**
 * Emoji sets decide what the classes are. Names of "unspaced" emoji lack hyphens: they join classes and make none.
 * Plain drawings are shapes without colours of their own.
 */
export type SourceKind = 'emoji' | 'unspaced' | 'coloured' | 'plain';

export interface Source {
  /** The package is @iconify-json/NAME. */
  readonly name: string;
  readonly version: string;
  readonly kind: SourceKind;
  readonly title: string;
  readonly licence: 'MIT' | 'ISC' | 'Apache-2.0' | 'CC-BY-4.0' | 'CC-BY-3.0' | 'CC0-1.0';
  /** Names in the words of the original project. */
  readonly copyright: string;
  /** Address of the original project. */
  readonly upstream: string;
  /** Document with licence and copyright: a file of the original project or of its own npm package, or info.json of the set. */
  readonly readIn: string;
}

const noto = 'https://github.com/googlefonts/noto-emoji';
const fluent = 'https://github.com/microsoft/fluentui-emoji';
const emojiOne = 'https://github.com/EmojiTwo/emojitwo';
const streamline = 'https://github.com/webalys-hq/streamline-vectors';
const gameAuthors =
  'Icons made by Lorc, Delapouite, John Colburn, Felbrigg, John Redman, Carl Olsen, Sbed, PriorBlue, Willdabeast, Viscious Speed, Lord Berandas, Irongamer, HeavenlyDog, Lucas, Faithtoken, Skoll, Andy Meneely, Cathelineau, Kier Heyl, Aussiesim, Sparker, Zeromancer, Rihlsul, Quoting, Guard13007, DarkZaitzev, SpencerDub, GeneralAce135, Zajkonur and others, see https://game-icons.net';

type Row = readonly [string, string, SourceKind, string, Source['licence'], string, string, string];
const rows: readonly Row[] = [
  [
    'noto',
    '1.2.9',
    'emoji',
    'Noto Emoji',
    'Apache-2.0',
    'Copyright 2013 Google, Inc. All Rights Reserved.',
    noto,
    'svg/LICENSE',
  ],
  [
    'noto-v1',
    '1.2.5',
    'emoji',
    'Noto Emoji v1',
    'Apache-2.0',
    'Copyright 2013 Google, Inc. All Rights Reserved.',
    noto,
    'svg/LICENSE',
  ],
  [
    'twemoji',
    '1.2.5',
    'emoji',
    'Twemoji',
    'CC-BY-4.0',
    'Copyright 2019 Twitter, Inc and other contributors',
    'https://github.com/twitter/twemoji',
    'README.md of twemoji 14.0.2',
  ],
  [
    'fluent-emoji',
    '1.2.7',
    'emoji',
    'Fluent Emoji',
    'MIT',
    'Copyright (c) Microsoft Corporation.',
    fluent,
    'info.json',
  ],
  [
    'fluent-emoji-flat',
    '1.2.6',
    'emoji',
    'Fluent Emoji Flat',
    'MIT',
    'Copyright (c) Microsoft Corporation.',
    fluent,
    'info.json',
  ],
  [
    'fluent-emoji-high-contrast',
    '1.2.6',
    'plain',
    'Fluent Emoji High Contrast',
    'MIT',
    'Copyright (c) Microsoft Corporation.',
    fluent,
    'info.json',
  ],
  ['emojione', '1.2.3', 'emoji', 'Emoji One v2', 'CC-BY-4.0', 'Emoji One', emojiOne, 'LICENSE.md'],
  ['emojione-monotone', '1.2.1', 'plain', 'Emoji One Monotone', 'CC-BY-4.0', 'Emoji One', emojiOne, 'LICENSE.md'],
  [
    'fxemoji',
    '1.2.2',
    'unspaced',
    'Firefox OS Emoji',
    'CC-BY-4.0',
    'Copyright 2015, Mozilla Foundation',
    'https://github.com/mozilla/fxemoji',
    'LICENSE.md, on the visual design',
  ],
  ['streamline-emojis', '1.2.4', 'emoji', 'Streamline Emojis', 'CC-BY-4.0', 'Streamline', streamline, 'README.md'],
  [
    'flat-color-icons',
    '1.2.3',
    'coloured',
    'Flat Color Icons',
    'MIT',
    'Icons8',
    'https://github.com/icons8/flat-Color-icons',
    'LICENSE.md of flat-color-icons 1.1.0',
  ],
  [
    'meteocons',
    '1.2.4',
    'coloured',
    'Meteocons',
    'MIT',
    'Copyright (c) 2020-2022 Bas Milius',
    'https://github.com/basmilius/weather-icons',
    'LICENSE',
  ],
  [
    'streamline-kameleon-color',
    '1.2.2',
    'coloured',
    'Streamline Kameleon',
    'CC-BY-4.0',
    'Streamline',
    streamline,
    'README.md',
  ],
  [
    'streamline-plump-color',
    '1.2.2',
    'coloured',
    'Streamline Plump',
    'CC-BY-4.0',
    'Streamline',
    streamline,
    'README.md',
  ],
  [
    'streamline-ultimate-color',
    '1.2.2',
    'coloured',
    'Streamline Ultimate',
    'CC-BY-4.0',
    'Streamline',
    streamline,
    'README.md',
  ],
  [
    'icon-park',
    '1.2.4',
    'coloured',
    'IconPark',
    'Apache-2.0',
    'Copyright 2019-present Bytedance Inc.',
    'https://github.com/bytedance/IconPark',
    'LICENSE of @icon-park/svg 1.4.2',
  ],
  [
    'icon-park-solid',
    '1.2.4',
    'plain',
    'IconPark Solid',
    'Apache-2.0',
    'Copyright 2019-present Bytedance Inc.',
    'https://github.com/bytedance/IconPark',
    'LICENSE of @icon-park/svg 1.4.2',
  ],
  [
    'game-icons',
    '1.2.4',
    'plain',
    'Game Icons',
    'CC-BY-3.0',
    gameAuthors,
    'https://github.com/game-icons/icons',
    'license.txt',
  ],
  [
    'healthicons',
    '1.2.13',
    'plain',
    'Health Icons',
    'MIT',
    'Copyright (c) 2021 Resolve to Save Lives',
    'https://github.com/resolvetosavelives/healthicons',
    'LICENSE of healthicons 2.0.0',
  ],
  [
    'maki',
    '1.2.5',
    'plain',
    'Maki',
    'CC0-1.0',
    'Mapbox',
    'https://github.com/mapbox/maki',
    'LICENSE.txt of @mapbox/maki 8.2.0',
  ],
  [
    'temaki',
    '1.2.6',
    'plain',
    'Temaki',
    'CC0-1.0',
    'Bryan Housel',
    'https://github.com/rapideditor/temaki',
    'LICENSE.md of @rapideditor/temaki 5.13.0',
  ],
  [
    'medical-icon',
    '1.2.0',
    'plain',
    'Medical Icons',
    'MIT',
    'Copyright (c) 2014 Samuel Frémondière',
    'https://github.com/samcome/webfont-medical-icons',
    'LICENSE',
  ],
  [
    'tabler',
    '1.2.41',
    'plain',
    'Tabler Icons',
    'MIT',
    'Copyright (c) 2020-2026 Paweł Kuna',
    'https://github.com/tabler/tabler-icons',
    'LICENSE of @tabler/icons 3.52.0',
  ],
  [
    'lucide',
    '1.2.137',
    'plain',
    'Lucide',
    'ISC',
    'Copyright (c) 2026 Lucide Icons and Contributors; of the icons from Feather, MIT: Copyright (c) 2013-present Cole Bemis',
    'https://github.com/lucide-icons/lucide',
    'LICENSE of lucide-static 1.62.0',
  ],
  [
    'lucide-lab',
    '1.2.3',
    'plain',
    'Lucide Lab',
    'ISC',
    'Copyright (c) 2026 Lucide Icons and Contributors',
    'https://github.com/lucide-icons/lucide-lab',
    'LICENSE of @lucide/lab 0.7.0',
  ],
  [
    'ph',
    '1.2.2',
    'plain',
    'Phosphor Icons',
    'MIT',
    'Copyright (c) 2023 Phosphor Icons',
    'https://github.com/phosphor-icons/core',
    'LICENSE of @phosphor-icons/core 2.1.1',
  ],
  [
    'mdi',
    '1.2.3',
    'plain',
    'Material Design Icons',
    'Apache-2.0',
    'Pictogrammers',
    'https://github.com/Templarian/MaterialDesign',
    'LICENSE of @mdi/svg 7.4.47',
  ],
  [
    'material-symbols',
    '1.2.98',
    'plain',
    'Material Symbols',
    'Apache-2.0',
    'Copyright 2016 - 2020 Google LLC and Contributors',
    'https://github.com/google/material-design-icons',
    'LICENSE',
  ],
  [
    'mingcute',
    '1.2.8',
    'plain',
    'MingCute',
    'Apache-2.0',
    'MingCute Design',
    'https://github.com/Richard9394/MingCute',
    'LICENSE of mingcute_icon 2.9.72',
  ],
  [
    'fa6-solid',
    '1.2.4',
    'plain',
    'Font Awesome Free Solid',
    'CC-BY-4.0',
    'Fonticons, Inc. (https://fontawesome.com)',
    'https://github.com/FortAwesome/Font-Awesome',
    'LICENSE.txt of @fortawesome/fontawesome-free 6.7.2',
  ],
];

/** In the order in which they name the classes. */
export const sources: readonly Source[] = rows.map(
  ([name, version, kind, title, licence, copyright, upstream, readIn]) => ({
    name,
    version,
    kind,
    title,
    licence,
    copyright,
    upstream,
    readIn,
  }),
);
