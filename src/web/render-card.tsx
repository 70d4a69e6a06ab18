import type { VNode } from 'preact';
import type { Card } from '../core/card.ts';
import { keptWords } from '../core/card-words.ts';
import { isTaskEnded, TaskState } from '../core/task.ts';
import { targetsShownMax } from './limits.ts';
import { Actions } from './render-actions.tsx';
import { AnswerView, FollowUps } from './render-answer.tsx';
import { Demands } from './render-demands.tsx';
import { Icon } from './render-icons.tsx';
import { Fold } from './render-parts.tsx';
import { RiskLine } from './render-risk.tsx';
import { Progress, ProgressWords, Runs } from './render-runs.tsx';
import { isScriptOpen, Scripts } from './render-script.tsx';
import { Terms } from './render-terms.tsx';
import { At } from './render-times.tsx';
import type { TaskView } from './view.ts';

/** One task: the request as a message, its card, and the answer under it. The page's script knows it by its id. */
export const TaskArticle = ({ view, oob }: { view: TaskView; oob: boolean }): VNode => {
  const { card, root } = view;
  // Then the rule and its reason are what the card is about, and the script is only the evidence.
  const isRefused = card.state === TaskState.refused;
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
        {isRefused && <Notices card={card} />}
        {isScriptOpen(card) && <RiskLine card={card} />}
        <Scripts card={card} />
        <Terms view={view} />
        <Demands card={card} />
        <Runs view={view} />
        {!isRefused && <Notices card={card} />}
        {card.kept && <p class="meta">{keptWords(card)}</p>}
        <Actions card={card} />
        <div class="said" id={`said-${card.task}`} role="alert" />
      </div>
      <AnswerView view={view} />
      {isTaskEnded(card.state) && <FollowUps card={card} root={root} />}
    </article>
  );
};

const Notices = ({ card }: { card: Card }): VNode => (
  <>
    {card.notices.map((notice) => (
      <p class="notice" key={notice.code}>
        {notice.text}
      </p>
    ))}
  </>
);

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
        <IncidentOf card={card} />
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

/** The incident that a task looks into: its number names the conversation that the task is of. */
const IncidentOf = ({ card }: { card: Card }): VNode | null => {
  const number = /^!(\d{1,15})$/.exec(card.place.thread ?? '')?.[1];
  if (number === undefined) return null;
  return (
    <a class="of-incident" href={`#incident-${number}`} aria-label={`incident ${number}`}>
      !{number}
    </a>
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
