import type { KnownBlock } from '@slack/types';
import type { Card } from '../core/card.ts';
import { reasonsShownMax } from '../core/limits.ts';
import { shown } from './escape.ts';
import { fitsView } from './fit.ts';
import { textCharsMax } from './limits.ts';
import { rich, say } from './rich-text.ts';
import { reasonItems, scriptMeta, scriptText } from './script-text.ts';
import { splitText } from './split-text.ts';

/** The scripts of a card whole, in as many blocks as it takes. */
export const scriptModalBlocks = (card: Card): KnownBlock[] =>
  card.scripts.flatMap((script, at) => [
    ...rich.block(
      `script.${at}`,
      rich.lines(say.bold(scriptMeta(script, card.scripts.length === 1))),
      rich.lines(...reasonItems(script, reasonsShownMax)),
      script.hasHidden
        ? rich.lines(
            say.bold(
              "It holds characters that can't be seen or that reorder text; they are written out as ⟨U+…⟩.",
            ),
          )
        : [],
    ),
    ...splitText(shown(scriptText(script)), textCharsMax).flatMap((piece, place) =>
      rich.block(`script.${at}.${place}`, rich.code(piece)),
    ),
  ]);

/** Blocks and bytes that the rest of the modal takes: what it would do, and the fields. */
const restBlocks = 10;

/** True where a modal has room for all of it, so that somebody can read it whole and say yes there. */
export const fitsModal = (card: Card): boolean => {
  const blocks = scriptModalBlocks(card);
  return fitsView([...blocks, ...Array.from({ length: restBlocks }, () => filler)]);
};

const filler: KnownBlock = {
  type: 'section',
  text: { type: 'plain_text', text: '–'.repeat(textCharsMax / 3) },
};
