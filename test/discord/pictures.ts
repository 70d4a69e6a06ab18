import type { Card } from '../../src/core/card.ts';
import { render } from '../../src/discord/render.ts';
import { aboutModal, confirmModal, editModal, rejectModal } from '../../src/discord/render-modal.ts';
import type { ChatContent } from '../../src/ports/chat.ts';
import { listings } from '../chat/contents.ts';
import { contents } from './contents.ts';
import { drawMessage, drawModal, page } from './draw-components.ts';

const content = (name: string): ChatContent => contents[name] as ChatContent;
const drawn = (name: string): string => drawMessage(render.content(content(name)).container);
const cardNamed = (name: string): Card => (content(name) as Extract<ChatContent, { kind: 'card' }>).card;
const alone = (name: string) => ({ name: null, html: drawn(name) });

const dangerous = cardNamed('proposed-dangerous');
const yes = {
  ...{
    kind: 'approve' as const,
    task: dangerous.task,
    proposal: 1,
    digest: dangerous.proposal?.digest ?? '',
  },
  ...{ canary: false, isTyped: true },
};

/** Pages for a browser: everything that is shown in Discord, and the card of the README. */
export const pages: Readonly<Record<string, string>> = {
  messages: page(Object.keys(contents).map((name) => ({ name, html: drawn(name) }))),
  lists: page(
    Object.entries(listings).map(([name, listing]) => ({
      name,
      html: drawMessage(render.listing(listing).container),
    })),
  ),
  modals: page(
    [
      rejectModal(1042),
      confirmModal(yes, String(dangerous.task), dangerous.terms?.confirmation?.why.text ?? ''),
      editModal(cardNamed('proposed-mixed'), 1),
      aboutModal('700000000000000009', 'db1 is slow again'),
    ].map((modal) => ({ name: null, html: drawModal(modal) })),
  ),
  card: page([alone('proposed-dangerous'), alone('running-fleet'), alone('answer')]),
  phone: page([alone('proposed-dangerous')]),
};
