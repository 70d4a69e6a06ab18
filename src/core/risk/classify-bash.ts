import { parse } from 'unbash';
import { visible } from '../visible.ts';
import { type Classification, Effect, Risk, type RiskLine, type Verdict, worse } from './effect.ts';
import { emptyKnowledge, gather, type Knowledge } from './knowledge.ts';
import { riskCharsMax, riskLinesMax, riskNestedTextsMax, riskNodesMax, riskTextsMax } from './limits.ts';
import { say } from './verdicts.ts';
import { type Walk, walkTree } from './walk.ts';

interface Finding {
  readonly at: number;
  readonly verdict: Verdict;
}

/**
 * What a Bash script does, from its syntax tree alone. It never throws: what can't be read, or is larger than a
 * person reads, is `dangerous` and says `unparsed`.
 */
export const classifyBash = (script: string): Classification => {
  if (script.length > riskCharsMax) return unreadable('is longer than anybody reads');
  const findings: Finding[] = [];
  const state: Shared = { texts: 0, nodes: 0, unparsed: null, known: emptyKnowledge() };
  readText(script, 0, null, findings, state);
  const { hasHidden } = visible(script);
  if (hasHidden) findings.push({ at: 0, verdict: say('unknown', 'holds characters that can not be seen') });
  if (state.unparsed !== null) {
    const why = `can not be read as Bash: ${state.unparsed}`;
    findings.push({ at: 0, verdict: say('undecidable', why) });
  }
  return summary(script, findings, state.unparsed !== null);
};

interface Shared {
  readonly known: Knowledge;
  texts: number;
  nodes: number;
  unparsed: string | null;
}

const readText = (
  text: string,
  depth: number,
  at: number | null,
  findings: Finding[],
  state: Shared,
): void => {
  state.texts++;
  if (depth > riskNestedTextsMax || state.texts > riskTextsMax || text.length > riskCharsMax) {
    state.unparsed = 'it holds scripts within scripts beyond reading';
    return;
  }
  if (text.includes('\0')) {
    state.unparsed = 'it holds a NUL';
    return;
  }
  try {
    const tree = parse(text);
    const { known } = state;
    // A text that is handed to a shell may be given words of its own.
    if (depth > 0) known.positionals = true;
    gather(tree, known, riskNodesMax);
    // Twice, since a function may be called above the line that defines it.
    gather(tree, known, riskNodesMax);
    const walk: Walk = {
      known,
      nodes: state.nodes,
      unparsed: null,
      report: (place, verdict) => findings.push({ at: at ?? place, verdict }),
      runsText: (inner, place) => {
        readText(inner, depth + 1, at ?? place, findings, state);
        return [];
      },
    };
    walkTree(tree, walk, { kind: 'none' }, null);
    state.nodes = Math.max(walk.nodes, state.nodes);
    state.unparsed ??= walk.unparsed;
  } catch (err) {
    // The parser is somebody else's program: whatever it trips over is not safe.
    state.unparsed = err instanceof Error ? err.message : 'the parser failed';
  }
};

const unreadable = (why: string): Classification => ({
  risk: Risk.dangerous,
  effects: [Effect.unknown],
  lines: [{ line: 1, effects: [Effect.unknown], risk: Risk.dangerous, why }],
  irreversible: false,
  unparsed: true,
});

const sortedEffects = (found: Iterable<Effect>): Effect[] => [...new Set(found)].sort();

const summary = (script: string, findings: readonly Finding[], unparsed: boolean): Classification => {
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
  };
};
/** A card's line holds a sentence, not a list. */
const reasonsMax = 3;
