import type { VNode } from 'preact';
import type { Card, CardScript } from '../core/card.ts';
import { TaskState } from '../core/task.ts';
import { scriptLinesTallMax } from './limits.ts';
import { Fold } from './render-parts.tsx';

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

const Meta = ({ card, script }: { card: Card; script: CardScript }): VNode => (
  <span class="meta">
    <b>{script.interpreter}</b>
    {card.scripts.length > 1 && <span>{script.platforms.join(', ')}</span>}
    <span>{script.lines === 1 ? '1 line' : `${script.lines} lines`}</span>
    <span title={`SHA-256 ${script.digest}`}>
      <code>sha256:{script.digest.slice(0, 12)}</code>
    </span>
  </span>
);

/** The scripts of a card, whole. Open while they wait for a decision; then a line says which they were. */
export const Scripts = ({ card }: { card: Card }): VNode | null => {
  if (card.scripts.length === 0) return null;
  return (
    <div class="scripts">
      {card.scripts.map((script) => (
        <Fold
          key={script.digest}
          id={`script-${card.task}-${script.digest.slice(0, 12)}`}
          kind="script-fold"
          open={card.state === TaskState.proposed}
          summary={<Meta card={card} script={script} />}
        >
          <Code script={script} name={`Script for ${script.platforms.join(', ')}`} />
        </Fold>
      ))}
    </div>
  );
};
