import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = [
  'base.css',
  'page.css',
  'machines.css',
  'cards.css',
  'runs.css',
  'trust.css',
  'join.css',
  'incidents.css',
  'session.js',
  'place.js',
  'confirm.js',
  'join.js',
  'incidents.js',
  'console.js',
  'icon.svg',
] as const;
const vendored = {
  'htmx.min.js': 'htmx.org/dist/htmx.min.js',
  'sse.min.js': 'htmx-ext-sse/dist/sse.min.js',
  'idiomorph-ext.min.js': 'idiomorph/dist/idiomorph-ext.min.js',
} as const;

type AssetName = (typeof own)[number] | keyof typeof vendored;

/** Where the page finds each file: the address carries a part of the content's hash, so that it may be kept forever. */
export type AssetUrls = Readonly<Record<AssetName, string>>;

export interface Asset {
  bytes: Buffer;
  contentType: string;
}

export interface Assets {
  urls: AssetUrls;
  /** By the last two parts of the path: hash and name. Anything else is not served. */
  files: ReadonlyMap<string, Asset>;
}

const contentTypes: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/**
 * Reads every file that the page needs, once: a fixed list, so that no path of a request ever reaches the disk.
 *
 * @param folder where the console's own files are, if not beside this one.
 */
export const loadAssets = async (
  folder = fileURLToPath(new URL('./assets/', import.meta.url)),
): Promise<Assets> => {
  const require = createRequire(import.meta.url);
  const paths: [AssetName, string][] = [
    ...own.map((name): [AssetName, string] => [name, join(folder, name)]),
    ...Object.entries(vendored).map(([name, path]): [AssetName, string] => [
      name as AssetName,
      require.resolve(path),
    ]),
  ];
  const files = new Map<string, Asset>();
  const urls: Partial<Record<AssetName, string>> = {};
  for (const [name, path] of paths) {
    const bytes = await readFile(path);
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    const key = `${hash}/${name}`;
    files.set(key, { bytes, contentType: contentTypes[name.split('.').at(-1) ?? ''] ?? 'text/plain' });
    urls[name] = `/console/assets/${key}`;
  }
  return { urls: urls as AssetUrls, files };
};
