import type { VNode } from 'preact';
import type { Card, CardAction } from '../core/card.ts';
import { isTaskEnded } from '../core/task.ts';
import { targetsShownMax } from './limits.ts';
import { AnswerView, FollowUps } from './render-answer.tsx';
import { Icon } from './render-icons.tsx';
import { Act, Fold } from './render-parts.tsx';
import { Progress, ProgressWords, Runs } from './render-runs.tsx';
import { Scripts } from './render-script.tsx';
import { Terms } from './render-terms.tsx';
import { At } from './render-times.tsx';
import type { TaskView } from './view.ts';

/** One task: the request as a message, its card, and the answer under it. The page's script knows it by its id. */
export const TaskArticle = ({ view, oob }: { view: TaskView; oob: boolean }): VNode => {
  const { card, root } = view;
  return (
    <article
      id={`task-${card.task}`}
      class={`task tone-${card.tone}`}
      tabIndex={-1}
      aria-labelledby={`request-${card.task}`}
      data-number={card.task}
      data-root={root}
      data-state={card.state}
      data-tone={card.tone}
      data-proposal={card.proposal?.digest ?? ''}
      hx-swap-oob={oob ? 'morph' : undefined}
    >
      <Message view={view} />
      <div class="card">
        <Progress card={card} />
        <p class="headline">
          <Icon name={card.tone} />
          <span class="headline-words">
            <strong id={`headline-${card.task}`}>{card.headline}</strong>
            <ProgressWords card={card} />
          </span>
        </p>
        {/* From then on each has a line of its own below. */}
        {card.runs.length === 0 && <Targets card={card} />}
        {card.question && <p class="question">{card.question.text}</p>}
        {card.summary !== null && <p class="summary">{card.summary}</p>}
        <Scripts card={card} />
        <Terms view={view} />
        <Runs view={view} />
        {card.notices.map((notice) => (
          <p class="notice" key={notice.code}>
            {notice.text}
          </p>
        ))}
        <Actions card={card} />
        <div class="said" id={`said-${card.task}`} role="alert" />
      </div>
      <AnswerView view={view} />
      {isTaskEnded(card.state) && <FollowUps card={card} root={root} />}
    </article>
  );
};

const Message = ({ view }: { view: TaskView }): VNode => {
  const { card, now } = view;
  return (
    <>
      <header class="who">
        <span class="avatar" aria-hidden="true">
          {card.asker.name.slice(0, 1).toUpperCase()}
        </span>
        <b>{card.asker.name}</b>
        {card.asker.surface !== 'web' && <span class="via">via {card.asker.surface}</span>}
        <At at={card.askedAt} now={now} />
        <a class="number" href={`#task-${card.task}`}>
          #{card.task}
        </a>
      </header>
      <p class="request" id={`request-${card.task}`}>
        {card.request}
      </p>
    </>
  );
};

const Targets = ({ card }: { card: Card }): VNode | null => {
  if (card.targets.length === 0) return null;
  const shown = card.targets.slice(0, targetsShownMax);
  const rest = card.targets.slice(targetsShownMax);
  return (
    <div class="targets">
      <TargetList targets={shown} />
      {rest.length > 0 && (
        <Fold id={`targets-${card.task}`} summary={`${rest.length} more machines${offlineWords(rest)}`}>
          <TargetList targets={rest} />
        </Fold>
      )}
    </div>
  );
};

const offlineWords = (targets: Card['targets']): string => {
  const offline = targets.filter((t) => !t.online).length;
  return offline > 0 ? `, ${offline} offline` : '';
};

const TargetList = ({ targets }: { targets: Card['targets'] }): VNode => (
  <ul class="target-list">
    {targets.map((target) => (
      <li key={target.name} class="target">
        <span class={target.online ? 'dot on' : 'dot off'} aria-hidden="true" />
        <b>{target.name}</b>
        <span class="quiet">{target.platform}</span>
        {!target.online && <span class="quiet">offline</span>}
        {Object.entries(target.labels).map(([key, value]) => (
          <span class="label" key={key}>
            {key}={value}
          </span>
        ))}
      </li>
    ))}
  </ul>
);

const Actions = ({ card }: { card: Card }): VNode | null => {
  if (card.actions.length === 0) return null;
  return (
    <div class="actions">
      <div class="action-row">
        {card.actions.map((action, at) => (
          <Action key={at} card={card} action={action} />
        ))}
      </div>
      {card.actions.some((a) => a.kind === 'reject') && <RejectPanel card={card} />}
      {card.actions.some((a) => a.kind === 'edit') && <EditPanel card={card} />}
    </div>
  );
};

const Action = ({ card, action }: { card: Card; action: CardAction }): VNode => {
  const to = `/console/tasks/${card.task}/${action.kind}`;
  switch (action.kind) {
    case 'approve': {
      const fields = {
        proposal: String(action.proposal),
        digest: action.digest,
        canary: action.canary ? 'yes' : 'no',
      };
      const all = card.targets.length === 1 ? 'Approve' : `Approve for ${card.targets.length} machines`;
      return (
        <Act
          to={to}
          fields={fields}
          kind={action.canary ? 'plain' : 'primary'}
          act={action.canary ? 'canary' : 'approve'}
          typed={action.typed}
        >
          {action.canary ? 'Run on one first' : all}
        </Act>
      );
    }
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
    case 'choose':
      return (
        <Act to={to} kind="chip" fields={{ option: action.option }} act="choose">
          {action.option}
        </Act>
      );
  }
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
    class="panel"
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
