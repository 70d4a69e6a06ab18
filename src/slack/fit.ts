import type { KnownBlock } from '@slack/types';
import { type Detail, details } from './detail.ts';
import { messageBlocksBytesMax, messageBlocksMax, viewBlocksMax, viewBytesMax } from './limits.ts';

const bytesOf = (blocks: readonly KnownBlock[]): number => Buffer.byteLength(JSON.stringify(blocks));

export const fitsMessage = (blocks: readonly KnownBlock[]): boolean =>
  blocks.length <= messageBlocksMax && bytesOf(blocks) <= messageBlocksBytesMax;

/** Of a modal or a Home tab. */
export const fitsView = (blocks: readonly KnownBlock[]): boolean =>
  blocks.length <= viewBlocksMax && bytesOf(blocks) <= viewBytesMax;

/** The rendering with the most detail that fits a message; the one with the least where none does. */
export const firstThatFits = (render: (detail: Detail) => KnownBlock[]): KnownBlock[] => {
  for (const detail of details) {
    const blocks = render(detail);
    if (fitsMessage(blocks)) return blocks;
  }
  return render(details[details.length - 1] as Detail);
};
