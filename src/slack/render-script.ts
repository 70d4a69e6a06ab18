import type { RichTextBlockElement } from '@slack/types';
import type { Card, CardScript } from '../core/card.ts';
import { moreLinesWords } from '../core/figure-words.ts';
import { rich, say } from './rich-text.ts';
import { reasonItems, scriptMeta, scriptText } from './script-text.ts';

/** The scripts of a card, whole, each with the reasons of its lines beneath. */
export const scriptsWhole = (card: Card, reasons: number): RichTextBlockElement[] =>
  card.scripts.flatMap((script) => [
    ...(card.scripts.length > 1 ? rich.lines(say.bold(scriptMeta(script, false))) : []),
    ...rich.code(scriptText(script)),
    ...hiddenNote(script),
    ...rich.lines(...reasonItems(script, reasons)),
  ]);

const hiddenNote = ({ hasHidden }: CardScript): RichTextBlockElement[] =>
  hasHidden
    ? rich.lines([
        ...say.emoji('warning'),
        ...say.bold(" This script holds characters that can't be seen or that reorder text. "),
        ...say.text('They are written out as ⟨U+…⟩.'),
      ])
    : [];

/** The first lines of each script, and what is missing: enough to know which it is, and too little to decide by. */
export const scriptsCut = (
  card: Card,
  linesMax: number,
  charsMax: number,
  reasons: number,
): RichTextBlockElement[] =>
  card.scripts.flatMap((script) => {
    const lines = scriptText(script).split('\n');
    const cut = lines.slice(0, linesMax).join('\n').slice(0, charsMax);
    const shownLines = cut.split('\n').length;
    const isWhole = cut.length === lines.join('\n').length;
    const more = Math.max(0, lines.length - shownLines);
    return [
      ...(card.scripts.length > 1 ? rich.lines(say.bold(scriptMeta(script, false))) : []),
      ...rich.code(cut),
      ...(isWhole
        ? []
        : rich.lines(
            say.italic(more === 0 ? '… and the rest of this line' : `… and ${moreLinesWords(more)}`),
          )),
      ...hiddenNote(script),
      ...rich.lines(...reasonItems(script, reasons)),
    ];
  });
