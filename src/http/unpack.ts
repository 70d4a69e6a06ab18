import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

export type Unpacked =
  | { kind: 'body'; body: Buffer }
  | { kind: 'too-big' }
  | { kind: 'broken' }
  | { kind: 'unknown' };

const by: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> =
  {
    gzip: promisify(gunzip) as never,
    'x-gzip': promisify(gunzip) as never,
    deflate: promisify(inflate) as never,
    br: promisify(brotliDecompress) as never,
  };

/** A body as it was before its Content-Encoding. No more is unpacked than `bytesMax`, whatever a small body promises. */
export const unpack = async (body: Buffer, encoding: string, bytesMax: number): Promise<Unpacked> => {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return { kind: 'body', body };
  const open = by[name];
  if (!open) return { kind: 'unknown' };
  try {
    return { kind: 'body', body: await open(body, { maxOutputLength: bytesMax }) };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? { kind: 'too-big' }
      : { kind: 'broken' };
  }
};
