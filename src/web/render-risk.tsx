import type { VNode } from 'preact';
import type { Card } from '../core/card.ts';
import { badgeWords, riskWord } from '../core/effect-words.ts';
import type { Risk } from '../core/risk/effect.ts';
import { lineWords, type RiskReason } from '../core/risk-reasons.ts';
import { scriptLinesTallMax } from './limits.ts';
import { Icon } from './render-icons.tsx';

/** The risk in one word, with a sign and a colour of its own. */
export const Badge = ({ risk }: { risk: Risk }): VNode => (
  <span class={`badge badge-${risk}`}>
    <Icon name={risk} />
    {riskWord[risk]}
  </span>
);

/** What the scripts of a card would do, in one line above them; what nobody may overlook stands out. */
export const RiskLine = ({ card }: { card: Card }): VNode | null => {
  if (!card.risk) return null;
  const { risk, why } = card.risk;
  const { warnings, effects } = badgeWords(card.risk);
  return (
    <div class={`risk risk-${risk}`}>
      <p class="risk-words">
        <Badge risk={risk} />
        <span class="meta">
          {warnings.map((word) => (
            <b key={word} class="risk-warning">
              {word}
            </b>
          ))}
          {effects.map((word) => (
            <span key={word}>{word}</span>
          ))}
        </span>
      </p>
      {/* Where the reason may be out of sight, in a box that scrolls or far below. */}
      {why !== null && risk !== 'read-only' && !isReasonNear(card) && <p class="risk-why">{why}</p>}
    </div>
  );
};

const isReasonNear = ({ scripts }: Card): boolean =>
  scripts.reduce((lines, script) => lines + script.lines, 0) <= scriptLinesTallMax;

/** Why a line is more than read-only, under it. Not selected with the script when somebody copies that. */
export const Reason = ({ reason, place }: { reason: RiskReason; place: number }): VNode => {
  const { lines, risk, why, irreversible } = reason;
  const later = lines.filter((line) => line > place);
  return (
    <span class={`why why-${risk}`}>
      <Icon name={risk} />
      <span>
        <span class="visually-hidden">{riskWord[risk]}: </span>
        {why}
        {irreversible && <b> · can't be undone</b>}
        {later.length > 0 && <span class="why-also"> · also {lineWords(later)}</span>}
        {'\n'}
      </span>
    </span>
  );
};
