import type { VNode } from 'preact';
import { drafterWords } from '../core/card-words.ts';
import { spanWords } from '../core/figure-words.ts';
import { isTaskEnded, TaskState } from '../core/task.ts';
import { At, Span } from './render-times.tsx';
import type { TaskView } from './view.ts';

/**
 * The small print of a card in one line: who decided and when, where the script came from, how long it may run, until
 * when it may be decided.
 */
export const Terms = ({ view }: { view: TaskView }): VNode | null => {
  const { card, now } = view;
  const { decision } = card;
  const drafter = drafterWords(card);
  const revision = card.proposal?.revision ?? 0;
  if (!decision && !card.proposal) return null;
  return (
    <div class="terms">
      <p class="meta">
        {decision && (
          <span>
            {decision.verdict.slice(0, 1).toUpperCase() + decision.verdict.slice(1)} by <b>{decision.by}</b>{' '}
            at <At at={decision.at} now={now} />
          </span>
        )}
        {drafter !== null && <span>{drafter}</span>}
        {revision > 1 && <span>revision {revision}</span>}
        {card.timeoutMs !== null && !isTaskEnded(card.state) && (
          <span>time limit {spanWords(card.timeoutMs)}</span>
        )}
        {card.state === TaskState.proposed && card.decideBy !== null && (
          <span>
            expires in <Span at={card.decideBy} now={now} way="left" />
          </span>
        )}
      </p>
      {decision?.reason != null && <q>{decision.reason}</q>}
    </div>
  );
};
