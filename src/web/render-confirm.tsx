import type { VNode } from 'preact';
import type { Card } from '../core/card.ts';
import { approveLabel } from '../core/card-words.ts';

/**
 * A yes that must be typed: why, the field, and buttons that work once the text fits. The server compares it again.
 * The id names the proposal, so that what was typed for one text is never taken for another.
 */
export const ConfirmForm = ({ card }: { card: Card }): VNode | null => {
  const approvals = card.actions.filter((action) => action.kind === 'approve');
  const [first] = approvals;
  const confirmation = card.terms?.confirmation;
  if (!first || first.typed === null || !confirmation) return null;
  const id = `confirm-${card.task}-${first.digest.slice(0, 12)}`;
  const isDangerous = card.risk?.risk === 'dangerous';
  return (
    <form
      class={isDangerous ? 'confirm confirm-dangerous' : 'confirm'}
      id={id}
      hx-post={`/console/tasks/${card.task}/approve`}
      hx-swap="none"
      hx-disabled-elt="find fieldset"
      data-typed={first.typed}
      data-wrong={`is not ${first.typed}`}
      autocomplete="off"
    >
      <input type="hidden" name="proposal" value={String(first.proposal)} />
      <input type="hidden" name="digest" value={first.digest} />
      <label for={`${id}-text`}>{confirmation.why.text}</label>
      <fieldset class="confirm-row">
        <input
          id={`${id}-text`}
          class="confirm-text"
          name="confirm"
          type="text"
          required
          inputmode="numeric"
          autocomplete="off"
          spellcheck={false}
          aria-describedby={`${id}-said`}
        />
        {approvals.map(({ canary }) => (
          <button
            key={canary}
            type="submit"
            name="canary"
            value={canary ? 'yes' : 'no'}
            class={`button ${canary ? 'plain' : isDangerous ? 'grave' : 'primary'}`}
            data-act={canary ? 'canary' : 'approve'}
            disabled
          >
            {approveLabel(card, canary)}
          </button>
        ))}
      </fieldset>
      <p class="confirm-said" id={`${id}-said`} aria-live="polite" />
    </form>
  );
};
