import type { KnownBlock, PlainTextElement, RichTextText } from '@slack/types';
import type { Listing, ListingRow } from '../core/listing.ts';
import { escapeText, shown } from './escape.ts';
import { fitsMessage } from './fit.ts';
import { listingRowsMax, nameCharsMax } from './limits.ts';
import { button } from './render-buttons.ts';
import { toneSign } from './render-look.ts';
import { smallPrint } from './render-small-print.ts';
import { dotted, plainText, rich, say } from './rich-text.ts';

/** A list, in as many rows as a message has room for; the others are counted. */
export const renderListing = (listing: Listing): { text: string; blocks: KnownBlock[] } => {
  const count = listing.lead ? '' : ` (${listing.rows.length})`;
  const text = escapeText(shown(`${listing.title}${count}`, 200));
  for (let rows = Math.min(listing.rows.length, listingRowsMax); rows > 0; rows -= 1) {
    const blocks = blocksOf(listing, rows);
    if (fitsMessage(blocks)) return { text, blocks };
  }
  return { text, blocks: blocksOf(listing, 0) };
};

const blocksOf = (listing: Listing, count: number): KnownBlock[] => {
  const more = listing.rows.length - count;
  return [
    ...rich.block(
      'nerdy.list',
      rich.lines(
        say.bold(shown(listing.title, 200)),
        listing.lead ? say.text(shown(listing.lead, leadCharsMax)) : [],
        listing.rows.length === 0 && listing.empty ? say.text(shown(listing.empty, 600)) : [],
      ),
    ),
    ...listing.rows.slice(0, count).flatMap(rowBlocks),
    ...smallPrint('nerdy.list.foot', [
      more > 0 ? `${more} more` : null,
      listing.foot === null ? null : shown(listing.foot, 600),
    ]),
  ];
};

const leadCharsMax = 1_000;
const wordsCharsMax = 240;

/** A row with a button is plain text, since rich text can't stand beside one. */
const rowBlocks = (row: ListingRow, at: number): KnownBlock[] => {
  const id = `nerdy.row.${at}`;
  const face =
    row.task !== null
      ? button({ label: 'Show', action: { kind: 'task', task: row.task } })
      : row.request !== null
        ? button({
            label: row.requestLabel ?? 'Ask',
            action: { kind: 'ask', task: null, request: row.request },
          })
        : [];
  const name = shown(row.name, nameCharsMax);
  const words = shown(row.words, wordsCharsMax);
  const detail = shown(row.detail ?? '', wordsCharsMax);
  const [accessory] = face;
  if (accessory) {
    const head = [name, words].filter((part) => part.trim() !== '').join(' · ');
    const text = [head, detail].filter((line) => line.trim() !== '').join('\n');
    return [
      { type: 'section', block_id: id, text: signed(plainText(text, wordsCharsMax * 3), row), accessory },
    ];
  }
  return rich.block(
    id,
    rich.lines([sign(row), ...dotted(say.bold(name), say.text(words))], say.italic(detail)),
  );
};

/** Our own signs; among other people's text they would be written out, since some hold what can't be seen. */
const sign = ({ tone }: ListingRow): RichTextText => ({ type: 'text', text: `${toneSign[tone]} ` });

const signed = (words: PlainTextElement, { tone }: ListingRow): PlainTextElement => ({
  ...words,
  text: `${toneSign[tone]} ${words.text}`,
});
