/**
 * The bytes without the UTF-8 character that a cut at their end went through: that is not the machine's fault, so it is
 * left out and not shown as U+FFFD.
 */
export const wholeHead = (bytes: Buffer): Buffer => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinued(byte)) continue;
    return back < lengthOf(byte) ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
};

/** The same for a cut at their beginning. */
export const wholeTail = (bytes: Buffer): Buffer => {
  const start = [0, 1, 2, 3].find((i) => !isContinued(bytes[i] ?? 0)) ?? 0;
  return bytes.subarray(start);
};

const isContinued = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Of the character that begins with this byte. */
const lengthOf = (byte: number): number => {
  if (byte < 0xc0) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
};
