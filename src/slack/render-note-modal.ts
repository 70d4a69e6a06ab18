import type { ModalView } from '@slack/types';
import { shown } from './escape.ts';
import { modalTitleCharsMax } from './limits.ts';
import { plainText, rich, say } from './rich-text.ts';

/** A modal that only says something. */
export const renderNoteModal = (title: string, words: string): ModalView => ({
  type: 'modal',
  title: plainText(title, modalTitleCharsMax),
  close: plainText('Close', modalTitleCharsMax),
  blocks: rich.block('note', rich.lines(say.text(shown(words)))),
});
