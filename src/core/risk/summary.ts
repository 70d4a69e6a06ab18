import { type Classification, Effect, Risk, type RiskLine, type Verdict, worse } from './effect.ts';
import { riskLinesMax } from './limits.ts';

/** Something that a script does, and where it stands, in UTF-16 units. */
export interface Finding {
  readonly at: number;
  readonly verdict: Verdict;
}

/** A script that is refused unread. */
export const unreadable = (why: string): Classification => ({
  risk: Risk.dangerous,
  effects: [Effect.unknown],
  lines: [{ line: 1, effects: [Effect.unknown], risk: Risk.dangerous, why }],
  irreversible: false,
  unparsed: true,
});

const sortedEffects = (found: Iterable<Effect>): Effect[] => [...new Set(found)].sort();

/** What the findings come to: by line, and in all. */
export const summary = (script: string, findings: readonly Finding[], unparsed: boolean): Classification => {
  const risk = findings.reduce<Risk>((worst, { verdict }) => worse(worst, verdict.risk), Risk.readOnly);
  return {
    risk,
    effects: sortedEffects(findings.flatMap(({ verdict }) => verdict.effects)),
    lines: linesOf(script, findings),
    irreversible: findings.some(({ verdict }) => verdict.irreversible === true),
    unparsed,
  };
};

const linesOf = (script: string, findings: readonly Finding[]): RiskLine[] => {
  const byLine = new Map<number, Verdict[]>();
  let line = 1;
  let from = 0;
  for (const { at, verdict } of [...findings].sort((a, b) => a.at - b.at)) {
    for (let end = script.indexOf('\n', from); end >= 0 && end < at; end = script.indexOf('\n', from)) {
      line++;
      from = end + 1;
    }
    const there = byLine.get(line);
    if (there) there.push(verdict);
    else byLine.set(line, [verdict]);
  }
  return [...byLine].slice(0, riskLinesMax).map(([number, verdicts]) => lineOf(number, verdicts));
};

const lineOf = (line: number, verdicts: readonly Verdict[]): RiskLine => {
  const risk = verdicts.reduce<Risk>((worst, verdict) => worse(worst, verdict.risk), Risk.readOnly);
  const reasons = new Set(verdicts.filter((v) => v.risk === risk && v.effects.length > 0).map((v) => v.why));
  const why = [...reasons].slice(0, reasonsMax).join('; ');
  return {
    line,
    risk,
    effects: sortedEffects(verdicts.flatMap((v) => v.effects)),
    why: why || 'only computes or prints',
    ...(verdicts.some((v) => v.irreversible) ? { irreversible: true } : {}),
  };
};
/** A card's line holds a sentence, not a list. */
const reasonsMax = 3;
