import type { VNode } from 'preact';
import type { Card } from '../core/card.ts';
import type { CardAction } from '../core/card-actions.ts';
import { approveLabel } from '../core/card-words.ts';
import { ConfirmForm } from './render-confirm.tsx';
import { KeepButton, KeepPlace } from './render-keep.tsx';
import { Act } from './render-parts.tsx';

/** What can be done with the card now. A yes that takes typing has a form of its own above the other buttons. */
export const Actions = ({ card }: { card: Card }): VNode | null => {
  if (card.actions.length === 0) return null;
  return (
    <div class="actions">
      <ConfirmForm card={card} />
      <div class="action-row">
        {card.actions
          .filter((action) => action.kind !== 'approve' || action.typed === null)
          .map((action, at) => (
            <Action key={at} card={card} action={action} />
          ))}
      </div>
      {card.actions.some((a) => a.kind === 'reject') && <RejectPanel card={card} />}
      {card.actions.some((a) => a.kind === 'edit') && <EditPanel card={card} />}
      {card.actions.some((a) => a.kind === 'keep') && <KeepPlace task={card.task} />}
    </div>
  );
};

const Action = ({ card, action }: { card: Card; action: CardAction }): VNode => {
  const to = `/console/tasks/${card.task}/${action.kind}`;
  switch (action.kind) {
    case 'approve':
      return <Approve card={card} to={to} action={action} />;
    case 'reject':
      return <Toggle panel={`reject-${card.task}`} act="reject" label="Reject" />;
    case 'edit':
      return <Toggle panel={panelOfEdit(card)} act="edit" label="Edit" />;
    case 'cancel':
      return (
        <Act to={to} act="cancel">
          Cancel
        </Act>
      );
    case 'continue':
      return (
        <Act to={to} kind="primary" act="continue">
          Run on the other {action.runs}
        </Act>
      );
    case 'stop':
      return (
        <Act to={to} act="stop">
          Stop here
        </Act>
      );
    case 'keep':
      return <KeepButton task={card.task} to={to} />;
    case 'choose':
      return (
        <Act to={to} kind="chip" fields={{ option: action.option }} act="choose">
          {action.option}
        </Act>
      );
  }
};

const Approve = (props: {
  card: Card;
  to: string;
  action: Extract<CardAction, { kind: 'approve' }>;
}): VNode => {
  const { card, to, action } = props;
  return (
    <Act
      to={to}
      fields={{
        proposal: String(action.proposal),
        digest: action.digest,
        canary: action.canary ? 'yes' : 'no',
      }}
      kind={action.canary ? 'plain' : 'primary'}
      act={action.canary ? 'canary' : 'approve'}
    >
      {approveLabel(card, action.canary)}
    </Act>
  );
};

const Toggle = ({ panel, act, label }: { panel: string; act: string; label: string }): VNode => (
  <button
    type="button"
    class="button"
    data-act={act}
    data-toggle={panel}
    aria-expanded="false"
    aria-controls={panel}
  >
    {label}
  </button>
);

const RejectPanel = ({ card }: { card: Card }): VNode => (
  <form
    class="panel"
    id={`reject-${card.task}`}
    hx-post={`/console/tasks/${card.task}/reject`}
    hx-swap="none"
    hx-disabled-elt="find button[type=submit]"
    hidden
  >
    <label for={`reason-${card.task}`}>Why? It helps whoever asked; it may stay empty.</label>
    <div class="panel-row">
      <input id={`reason-${card.task}`} name="reason" type="text" autocomplete="off" maxLength={500} />
      <button type="submit" class="button danger">
        Reject
      </button>
    </div>
  </form>
);

const panelOfEdit = (card: Card): string => `edit-${card.task}-${card.proposal?.revision ?? 0}`;

/** The id names the revision, so that an edit under way is never laid over another text than it began with. */
const EditPanel = ({ card }: { card: Card }): VNode => (
  <form
    class="panel panel-edit"
    id={panelOfEdit(card)}
    hx-post={`/console/tasks/${card.task}/edit`}
    hx-swap="none"
    hx-disabled-elt="find button[type=submit]"
    hidden
  >
    <input type="hidden" name="proposal" value={String(card.proposal?.revision ?? 0)} />
    {card.scripts.map((script) => (
      <div key={script.digest} class="edit">
        <label for={`text-${script.digest.slice(0, 12)}-${card.task}`}>
          {script.interpreter} for {script.platforms.join(', ')}
        </label>
        <textarea
          id={`text-${script.digest.slice(0, 12)}-${card.task}`}
          name={`text:${script.digest}`}
          class="code-edit"
          rows={Math.min(20, Math.max(4, script.lines + 1))}
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
        >
          {script.text}
        </textarea>
      </div>
    ))}
    <div class="panel-row end">
      <button type="button" class="button" data-toggle={panelOfEdit(card)} data-toggle-close="yes">
        Keep as it is
      </button>
      <button type="submit" class="button primary">
        Save as next revision
      </button>
    </div>
  </form>
);
