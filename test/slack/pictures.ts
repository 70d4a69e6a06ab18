import type { KnownBlock } from '@slack/types';
import { renderMessage } from '../../src/slack/render.ts';
import { renderConfirmModal } from '../../src/slack/render-confirm-modal.ts';
import { renderHome } from '../../src/slack/render-home.ts';
import { renderListing } from '../../src/slack/render-listing.ts';
import { renderAskModal, renderEditModal, renderRejectModal } from '../../src/slack/render-modals.ts';
import { cards } from '../chat/cards.ts';
import { contents, home, listings } from '../chat/contents.ts';
import { drawMessage, drawView, page } from './draw-blocks.ts';

const message = (name: string, blocks: readonly KnownBlock[]) => ({ name, html: drawMessage(blocks) });
const card = (name: string) => cards[name] as NonNullable<(typeof cards)[string]>;

const modal = (name: string, kind: 'approve' | 'read') => {
  const { task, proposal } = card(name);
  const about = { task, proposal: proposal?.revision ?? 0, digest: proposal?.digest ?? '' };
  return renderConfirmModal(
    card(name),
    kind === 'read' ? { kind, ...about } : { kind, ...about, canary: false, isTyped: true },
  );
};

/** Pages for a browser: everything that is shown in Slack, and the card of the README. */
export const pages: Readonly<Record<string, string>> = {
  messages: page(
    Object.entries(contents).map(([name, content]) => message(name, renderMessage(content).blocks)),
  ),
  lists: page(
    Object.entries(listings).map(([name, listing]) => message(name, renderListing(listing).blocks)),
  ),
  views: page([
    { name: 'home', html: drawView(renderHome(home)) },
    { name: 'confirm', html: drawView(modal('proposed-dangerous', 'approve')) },
    { name: 'read', html: drawView(modal('proposed-mixed', 'read')) },
    { name: 'reject', html: drawView(renderRejectModal(card('proposed'))) },
    { name: 'edit', html: drawView(renderEditModal(card('proposed-mixed'))) },
    {
      name: 'ask',
      html: drawView(
        renderAskModal({
          request: 'check memory',
          machines: ['db1'],
          preview: 'On db1',
          context: 'db1 is slow again',
          metadata: '',
        }),
      ),
    },
  ]),
  card: page([
    { name: null, html: drawMessage(renderMessage(contents['proposed-dangerous'] as never).blocks) },
    { name: null, html: drawMessage(renderMessage(contents['running-fleet'] as never).blocks) },
    { name: null, html: drawMessage(renderMessage(contents.answer as never).blocks) },
  ]),
  phone: page([
    { name: null, html: drawMessage(renderMessage(contents['proposed-dangerous'] as never).blocks) },
  ]),
};
