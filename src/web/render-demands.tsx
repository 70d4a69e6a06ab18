import type { VNode } from 'preact';
import type { Card } from '../core/card.ts';
import type { CardDemand } from '../core/card-terms.ts';
import { demandWords, goesWithoutSaying } from '../core/demand-words.ts';
import { Icon } from './render-icons.tsx';

/** Whose yes it takes, who said theirs, and which rule says so. */
export const Demands = ({ card }: { card: Card }): VNode | null => {
  const demands = (card.terms?.demands ?? []).filter((demand) => !goesWithoutSaying(demand));
  if (demands.length === 0) return null;
  return (
    <ul class="demands">
      {demands.map((demand) => (
        <DemandItem key={demand.rule} demand={demand} />
      ))}
    </ul>
  );
};

const DemandItem = ({ demand }: { demand: CardDemand }): VNode => {
  const { count, given, open, rule } = demandWords(demand);
  return (
    <li class="demand">
      <Icon name={open === null ? 'good' : 'waiting'} />
      <span class="demand-words">
        <b>{count}</b>
        {given !== null && <span class="demand-given">{given}</span>}
        {open !== null && <span>{open}</span>}
        {rule !== null && <span class="quiet">Rule {rule}</span>}
      </span>
    </li>
  );
};
