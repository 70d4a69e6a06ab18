import { Fragment, type VNode } from 'preact';
import type { Card, CardScript } from '../core/card.ts';
import { riskMark } from '../core/effect-words.ts';
import { reasonsShownMax } from '../core/limits.ts';
import type { Risk } from '../core/risk/effect.ts';
import { type RiskReason, reasonsOf } from '../core/risk-reasons.ts';
import { TaskState } from '../core/task.ts';
import { scriptLinesTallMax } from './limits.ts';
import { Fold } from './render-parts.tsx';
import { Badge, Reason } from './render-risk.tsx';

const hiddenMark = /(⟨U\+[0-9A-F]{4,6}⟩)/;

/** A line of a script. Only whole-line comments are set apart: guessing more could make a command look like one. */
const Line = ({ text, risk }: { text: string; risk: Risk | null }): VNode => (
  <span
    class={`ln${/^\s*#/.test(text) ? ' comment' : ''}${risk === null ? '' : ` at-${risk}`}`}
    data-mark={risk === null ? undefined : riskMark[risk]}
  >
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

/** Where a reason is told: under the last of the lines that it begins with. */
const placeOf = ({ lines }: RiskReason): number => {
  let place = lines[0] ?? 1;
  while (lines.includes(place + 1)) place += 1;
  return place;
};

const Code = ({ script, name }: { script: CardScript; name: string }): VNode => {
  const lines = script.text.replace(/\n$/, '').split('\n');
  const tall = lines.length > scriptLinesTallMax;
  const marks = new Map(script.risk.lines.filter((l) => l.risk !== 'read-only').map((l) => [l.line, l.risk]));
  const { told, more } = reasonsOf(script.risk.lines, reasonsShownMax);
  return (
    <figure class="script" aria-label={name}>
      <pre class={tall ? 'code tall' : 'code'} tabIndex={tall ? 0 : undefined}>
        <code>
          {lines.map((line, at) => (
            <Fragment key={at}>
              <Line text={line} risk={marks.get(at + 1) ?? null} />
              {told
                .filter((reason) => placeOf(reason) === at + 1)
                .map((reason) => (
                  <Reason key={reason.why} reason={reason} place={at + 1} />
                ))}
            </Fragment>
          ))}
        </code>
      </pre>
      {more > 0 && (
        <p class="warning">
          {more} more {more === 1 ? 'reason is' : 'reasons are'} not written out; the lines are marked.
        </p>
      )}
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
    {(card.scripts.length > 1 || !isScriptOpen(card)) && (
      <span>
        <Badge risk={script.risk.risk} />
      </span>
    )}
    <span title={`SHA-256 ${script.digest}`}>
      <code>sha256:{script.digest.slice(0, 12)}</code>
    </span>
  </span>
);

/** Open while it waits for a decision, and where the rules refused it: then it is what the reader wants to see. */
export const isScriptOpen = ({ state }: Card): boolean =>
  state === TaskState.proposed || state === TaskState.refused;

/** The scripts of a card, whole. Once they are decided, a line says which they were. */
export const Scripts = ({ card }: { card: Card }): VNode | null => {
  if (card.scripts.length === 0) return null;
  return (
    <div class="scripts">
      {card.scripts.map((script) => (
        <Fold
          key={script.digest}
          id={`script-${card.task}-${script.digest.slice(0, 12)}`}
          kind="script-fold"
          open={isScriptOpen(card)}
          summary={<Meta card={card} script={script} />}
        >
          <Code script={script} name={`Script for ${script.platforms.join(', ')}`} />
        </Fold>
      ))}
    </div>
  );
};
