import { parse } from 'unbash';
import { visible } from '../visible.ts';
import type { Classification } from './effect.ts';
import { emptyKnowledge, gather, type Knowledge } from './knowledge.ts';
import { riskCharsMax, riskNestedTextsMax, riskNestingMax, riskNodesMax, riskTextsMax } from './limits.ts';
import type { Stdin } from './rule.ts';
import { type Finding, summary, unreadable } from './summary.ts';
import { say } from './verdicts.ts';
import { type Walk, walkTree } from './walk.ts';
import { nestingOf } from './well-formed.ts';

/**
 * What a Bash script does, from its syntax tree alone. It never throws: what can't be read, or is larger than a
 * person reads, is `dangerous` and says `unparsed`.
 *
 * @param eyes are shown what the script names on the way.
 */
export const classifyBash = (script: string, eyes: Eyes = {}): Classification => {
  if (script.length > riskCharsMax) return unreadable('is longer than anybody reads');
  const findings: Finding[] = [];
  const state: Shared = { texts: 0, nodes: 0, unparsed: null, known: emptyKnowledge(), eyes };
  readText(script, { depth: 0, at: null, stdin: { kind: 'none' } }, findings, state);
  const { hasHidden } = visible(script);
  if (hasHidden) findings.push({ at: 0, verdict: say('unknown', 'holds characters that can not be seen') });
  if (state.unparsed !== null) {
    const why = `can not be read as Bash: ${state.unparsed}`;
    findings.push({ at: 0, verdict: say('undecidable', why) });
  }
  return summary(script, findings, state.unparsed !== null);
};

/** Those who want to see what a script names, besides what that comes to. */
export type Eyes = Pick<Walk, 'meets' | 'meetsFile' | 'meetsEffects'>;

interface Shared {
  readonly eyes: Eyes;
  readonly known: Knowledge;
  texts: number;
  nodes: number;
  unparsed: string | null;
}

/** How a text came to be read as a script. */
interface Origin {
  readonly depth: number;
  /** Where it stands in the whole script, if it is not that itself. */
  readonly at: number | null;
  readonly stdin: Stdin;
}

const readText = (text: string, origin: Origin, findings: Finding[], state: Shared): void => {
  const { depth, at } = origin;
  state.texts++;
  if (depth > riskNestedTextsMax || state.texts > riskTextsMax || text.length > riskCharsMax) {
    state.unparsed = 'it holds scripts within scripts beyond reading';
    return;
  }
  if (text.includes('\0')) {
    state.unparsed = 'it holds a NUL';
    return;
  }
  if (nestingOf(text) > riskNestingMax) {
    state.unparsed = 'it nests deeper than anybody reads';
    return;
  }
  try {
    const tree = parse(text);
    const { known } = state;
    // A text that is handed to a shell may be given words of its own.
    if (depth > 0) known.positionals = true;
    gather(tree, known, riskNodesMax);
    // Twice, since a function may be called above the line that defines it, and a value be made of later ones.
    if (known.functions.size + known.values.size > 0) gather(tree, known, riskNodesMax);
    const walk: Walk = {
      ...state.eyes,
      known,
      nodes: state.nodes,
      unparsed: null,
      report: (place, verdict) => findings.push({ at: at ?? place, verdict }),
      runsText: (inner, place, stdin) => {
        readText(inner, { depth: depth + 1, at: at ?? place, stdin }, findings, state);
        return [];
      },
    };
    walkTree(tree, text, walk, origin.stdin);
    state.nodes = Math.max(walk.nodes, state.nodes);
    state.unparsed ??= walk.unparsed;
  } catch (err) {
    // The parser is somebody else's program: whatever it trips over is not safe.
    state.unparsed = err instanceof Error ? err.message : 'the parser failed';
  }
};
