import type { APIComponentInContainer } from 'discord.js';
import type { Listing, ListingRow } from '../core/listing.ts';
import { lineTo } from './escape.ts';
import { button, container, part, type Rendered, toneMarks } from './layout.ts';
import { listRowsMax } from './limits.ts';
import { bold, coded } from './marked-text.ts';

/** A list as a message: a row with its button each, as many as its components allow. */
export const renderListing = (listing: Listing): Rendered => {
  const shown = listing.rows.slice(0, listRowsMax);
  const left = listing.rows.length - shown.length;
  const taken = new Set<string>();
  const parts = [
    ...part.text(bold(lineTo(listing.title, 200))),
    ...part.text(lineTo(listing.lead ?? '', leadCharsMax)),
    ...(shown.length === 0
      ? part.text(lineTo(listing.empty, 500))
      : shown.flatMap((row) => rowParts(row, taken))),
    ...(left > 0 ? part.text(`-# and ${left} more; the console has them all`) : []),
    ...part.text(listing.foot === null ? '' : `-# ${lineTo(listing.foot, 300)}`),
  ];
  return { container: container('quiet', parts), files: [], calls: [] };
};

const leadCharsMax = 1_000;

/** @param taken ids of the buttons above: Discord refuses a message that has one twice. */
const rowParts = (row: ListingRow, taken: Set<string>): APIComponentInContainer[] => {
  const head = `${toneMarks[row.tone]} ${coded(row.name)} ${lineTo(row.words, 110)}`;
  const text = row.detail === null ? head : `${head}\n-# ${lineTo(row.detail, 90)}`;
  const [beside] =
    row.task !== null
      ? button({ kind: 'show', task: row.task }, 'Show')
      : row.request !== null
        ? button({ kind: 'ask', request: row.request }, row.requestLabel ?? 'Ask')
        : [];
  if (!beside || taken.has(beside.custom_id)) return part.text(text);
  taken.add(beside.custom_id);
  return [part.beside(text, beside)];
};
