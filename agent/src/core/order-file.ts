import { createHash } from 'node:crypto';

/** The file `order`. The signature and the script's bytes are kept too: the evidence stands by itself. */
export interface OrderFile {
  v: 1;
  bootId: string;
  acceptedAt: number;
  document: string;
  signature: string;
  script: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * What an order is stored as: a first line with the length and the SHA-256 of the rest. It may be written over a
 * longer file, and a power cut may have left any part of it unwritten; only a whole one is an order.
 */
export const formatOrder = (order: OrderFile): Buffer => {
  const body = Buffer.from(JSON.stringify(order), 'utf8');
  return Buffer.concat([Buffer.from(`order ${body.length} ${sha256(body)}\n`, 'latin1'), body]);
};

const firstLine = /^order (\d{1,9}) ([0-9a-f]{64})\n/;
const firstLineBytesMax = 'order 123456789 '.length + 64 + 1;

/** Null for anything but a whole order; what stands behind it is not looked at. */
export const parseOrder = (bytes: Buffer): OrderFile | null => {
  const match = firstLine.exec(bytes.toString('latin1', 0, firstLineBytesMax));
  if (!match) return null;
  const body = bytes.subarray(match[0].length, match[0].length + Number(match[1]));
  if (body.length !== Number(match[1]) || sha256(body) !== match[2]) return null;
  return JSON.parse(body.toString('utf8')) as OrderFile;
};
