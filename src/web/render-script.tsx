import type { VNode } from 'preact';
import type { Card, CardScript } from '../core/card.ts';
import { isTaskEnded, TaskState } from '../core/task.ts';
import { scriptLinesTallMax } from './limits.ts';
import { Fold } from './render-parts.tsx';
import { Span } from './render-times.tsx';
import { spanWords } from './render-words.ts';
import { hasAnswer, type TaskView } from './view.ts';

const hiddenMark = /(⟨U\+[0-9A-F]{4,6}⟩)/;

/** A line of a script. Only whole-line comments are set apart: guessing more could make a command look like one. */
const Line = ({ text }: { text: string }): VNode => (
  <span class={/^\s*#/.test(text) ? 'ln comment' : 'ln'}>
    {text.split(hiddenMark).map((part, at) =>
      at % 2 === 1 ? (
        <mark key={`${at}${part}`} title="A character that can't be seen">
          {part}
        </mark>
      ) : (
        part
      ),
    )}
    {'\n'}
  </span>
);

const Code = ({ script, name }: { script: CardScript; name: string }): VNode => {
  const lines = script.text.replace(/\n$/, '').split('\n');
  const tall = lines.length > scriptLinesTallMax;
  return (
    <figure class="script" aria-label={name}>
      <pre class={tall ? 'code tall' : 'code'} tabIndex={tall ? 0 : undefined}>
        <code>
          {lines.map((line, at) => (
            <Line key={at} text={line} />
          ))}
        </code>
      </pre>
      {script.hasHidden && (
        <p class="warning">
          This script holds characters that can't be seen or that reorder text. They are written out as{' '}
          <code>⟨U+…⟩</code>.
        </p>
      )}
    </figure>
  );
};

const Meta = ({ view, script }: { view: TaskView; script: CardScript }): VNode => (
  <span class="meta">
    <b>{script.interpreter}</b>
    {view.card.scripts.length > 1 && <span>{script.platforms.join(', ')}</span>}
    <span>{script.lines === 1 ? '1 line' : `${script.lines} lines`}</span>
    <span title={`SHA-256 ${script.digest}`}>
      <code>sha256:{script.digest.slice(0, 12)}</code>
    </span>
  </span>
);

/** The scripts of a card, whole. Open until there is an answer, or there will be none; then a line says which it was. */
export const Scripts = ({ view }: { view: TaskView }): VNode | null => {
  const { card } = view;
  if (card.scripts.length === 0) return null;
  return (
    <div class="scripts">
      {card.scripts.map((script) => (
        <Fold
          key={script.digest}
          id={`script-${card.task}-${script.digest.slice(0, 12)}`}
          kind="script-fold"
          open={!isTaskEnded(card.state) && !hasAnswer(view)}
          summary={<Meta view={view} script={script} />}
        >
          <Code script={script} name={`Script for ${script.platforms.join(', ')}`} />
        </Fold>
      ))}
      <Terms view={view} />
    </div>
  );
};

const drafterWords = (card: Card): string | null => {
  switch (card.proposal?.drafter) {
    case 'runbook':
      return card.proposal.runbook === null ? 'from a runbook' : `from the runbook ${card.proposal.runbook}`;
    case 'model':
      return 'written by the model';
    case 'person':
      return 'edited by hand';
    default:
      return null;
  }
};

/** The small print of a proposal: where it came from, how long it may run, until when it may be decided. */
const Terms = ({ view }: { view: TaskView }): VNode => {
  const { card } = view;
  const drafter = drafterWords(card);
  const revision = card.proposal?.revision ?? 0;
  return (
    <p class="meta terms">
      {drafter !== null && <span>{drafter}</span>}
      {revision > 1 && <span>revision {revision}</span>}
      {card.timeoutMs !== null && <span>time limit {spanWords(card.timeoutMs)}</span>}
      {card.state === TaskState.proposed && card.decideBy !== null && (
        <span>
          expires in <Span at={card.decideBy} now={view.now} way="left" />
        </span>
      )}
    </p>
  );
};
