import { describe, expect, test } from 'vitest';
import { formatOrder, parseOrder } from '../../../agent/src/core/order-file.ts';

const order = {
  v: 1,
  bootId: 'boot',
  acceptedAt: 5,
  document: 'ZG9j',
  signature: 'c2ln',
  script: 'x'.repeat(9_000),
} as const;
const whole = formatOrder(order);
const blank = Buffer.alloc(32_768);

describe('an order in a file', () => {
  test('is read back as it was, whatever is left behind it of a longer file', () => {
    expect(parseOrder(whole)).toEqual(order);
    expect(parseOrder(Buffer.concat([whole, blank]))).toEqual(order);
  });

  test('of which nothing was written is none', () => {
    expect(parseOrder(blank)).toBeNull();
    expect(parseOrder(Buffer.alloc(0))).toBeNull();
  });

  test('that ends anywhere before its end is none, alone or over a blank file', () => {
    for (let bytes = 0; bytes < whole.length; bytes += bytes < 200 ? 1 : 97) {
      const part = whole.subarray(0, bytes);
      expect(parseOrder(part)).toBeNull();
      expect(parseOrder(Buffer.concat([part, blank]))).toBeNull();
    }
  });

  test('of which any page of the disk is missing is none', () => {
    for (let page = 0; page < whole.length; page += 4096) {
      const torn = Buffer.from(whole);
      torn.fill(0, page, Math.min(page + 4096, torn.length));
      expect(parseOrder(torn)).toBeNull();
    }
  });
});
