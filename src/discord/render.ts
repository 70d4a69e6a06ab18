import type { Listing } from '../core/listing.ts';
import type { Sentence } from '../core/sentences.ts';
import type { ChatContent, OutputFile } from '../ports/chat.ts';
import { cut, escapedTo, lineTo, plain } from './escape.ts';
import { container, part, type Rendered } from './layout.ts';
import { fileBytesMax, messageCharsMax, threadNameCharsMax } from './limits.ts';
import { renderAnswer, renderWords } from './render-answer.ts';
import { renderCard } from './render-card.ts';
import { renderIncident } from './render-incident.ts';
import { renderListing } from './render-listing.ts';

/** Turns what is to be shown into Discord's components, and nothing else. Pure: the same content, the same message. */
export const render = {
  content: (content: ChatContent): Rendered => {
    switch (content.kind) {
      case 'card':
        return renderCard(content.card, content.isAnew);
      case 'words':
        return renderWords(content);
      case 'answer':
        return renderAnswer(content.card, content.callsAsker);
      case 'output':
        return renderOutput(content.task, content.file);
      case 'incident':
        return renderIncident(content.incident, content.isAnew);
    }
  },
  listing: (listing: Listing): Rendered => renderListing(listing),
  /** A sentence for whoever acted. */
  said: ({ text }: Pick<Sentence, 'text'>): Rendered => ({
    container: container('quiet', part.text(escapedTo(text, messageCharsMax))),
    files: [],
    calls: [],
  }),
};

/** The file is named by the publisher; a longer one than Discord takes keeps its beginning and says so. */
const renderOutput = (task: number, file: OutputFile): Rendered => {
  const name = file.name.replace(/[^\w.-]/g, '-').slice(-100);
  const isCut = file.bytes.length > fileBytesMax;
  const words = `**#${task}** · ${lineTo(file.title, 200)}${isCut ? '\n-# Discord takes no larger file: this is its beginning; the console has all of it.' : ''}`;
  return {
    container: container('quiet', [...part.text(words), part.file(name)]),
    files: [{ name, bytes: isCut ? file.bytes.subarray(0, fileBytesMax) : file.bytes }],
    calls: [],
  };
};

/** The name of the thread under a message that shows this. */
export const threadName = (content: ChatContent): string => {
  switch (content.kind) {
    case 'card':
    case 'answer':
      return nameOf(`#${content.card.task} ${content.card.request}`);
    case 'incident':
      return nameOf(`!${content.incident.number} ${content.incident.title}`);
    case 'words':
    case 'output':
      return `#${content.task}`;
  }
};

/** A thread's name is shown as it is, without markup. */
const nameOf = (text: string): string => cut(plain(text.replace(/\s+/g, ' ').trim()), threadNameCharsMax);
