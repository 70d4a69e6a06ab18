import type { APIComponentInContainer } from 'discord.js';
import type { Listing, ListingRow } from '../core/listing.ts';
import { lineTo } from './escape.ts';
import { button, container, part, type Rendered, toneMarks } from './layout.ts';
import { listRowsMax } from './limits.ts';
import { coded } from './marked-text.ts';

/** A list as a message: a row with its button each, as many as its components allow. */
export const renderListing = (listing: Listing): Rendered => {
  const shown = listing.rows.slice(0, listRowsMax);
  const left = listing.rows.length - shown.length;
  const parts = [
    ...part.text(`**${lineTo(listing.title, 200)}**`),
    ...(shown.length === 0 ? part.text(lineTo(listing.empty, 500)) : shown.flatMap(rowParts)),
    ...(left > 0 ? part.text(`-# and ${left} more; the console has them all`) : []),
    ...part.text(listing.foot === null ? '' : `-# ${lineTo(listing.foot, 300)}`),
  ];
  return { container: container('quiet', parts), files: [], calls: [] };
};

const rowParts = (row: ListingRow): APIComponentInContainer[] => {
  const head = `${toneMarks[row.tone]} ${coded(row.name)} ${lineTo(row.words, 110)}`;
  const text = row.detail === null ? head : `${head}\n-# ${lineTo(row.detail, 90)}`;
  const [beside] =
    row.task !== null
      ? button({ kind: 'show', task: row.task }, 'Show')
      : row.request !== null
        ? button({ kind: 'ask', request: row.request }, 'Ask')
        : [];
  return beside ? [part.beside(text, beside)] : part.text(text);
};
