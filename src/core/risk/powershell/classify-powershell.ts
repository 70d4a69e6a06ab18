import { visible } from '../../visible.ts';
import { type Classification, Effect, type Verdict } from '../effect.ts';
import { riskCharsMax, riskNestedTextsMax, riskNodesMax, riskTextsMax } from '../limits.ts';
import { type Finding, summary, unreadable } from '../summary.ts';
import { say } from '../verdicts.ts';
import { emptyKnowledge, gather } from './knowledge.ts';
import { parsePowershell } from './parse.ts';
import { walkNode } from './walk.ts';

/**
 * What a PowerShell script does, from its syntax tree alone. It never throws. What can't be read is never `read-only`
 * and says `unparsed`; the statements around it are judged all the same.
 */
export const classifyPowershell = (script: string): Classification => {
  if (script.length > riskCharsMax) return unreadable('is longer than anybody reads');
  const findings: Finding[] = [];
  const state: Shared = { texts: 0, nodes: 0, fault: null, isBeyond: false };
  const text = script.replaceAll('\r\n', '\n');
  readText(text, 0, null, findings, state);
  if (fetchesAndRuns(findings))
    findings.push({ at: 0, verdict: say('runsFetched', 'fetches a file and runs one') });
  const { hasHidden } = visible(text);
  if (hasHidden) findings.push({ at: 0, verdict: say('unknown', 'holds characters that can not be seen') });
  if (/^\s*#requires\b.*-(m|a|pss)/im.test(text))
    findings.push({ at: 0, verdict: say('runsCode', 'takes in modules before it starts') });
  if (state.isBeyond)
    findings.push({
      at: 0,
      verdict: say('undecidable', 'holds scripts within scripts, or more than can be read'),
    });
  else if (state.fault !== null)
    findings.push({ at: 0, verdict: say('unknown', `can not be read as PowerShell: ${state.fault}`) });
  return summary(text, findings, state.fault !== null || state.isBeyond);
};

/** A script that stores what it fetches and runs a program that nobody knows most likely runs what it fetched. */
const fetchesAndRuns = (findings: readonly Finding[]): boolean => {
  const has = (effect: Effect): boolean => findings.some(({ verdict }) => verdict.effects.includes(effect));
  return (
    has(Effect.networkOut) &&
    has(Effect.writesFiles) &&
    findings.some(({ verdict }) =>
      /not on the card|starts a program|may be another program|opens whatever/.test(verdict.why),
    )
  );
};

interface Shared {
  texts: number;
  nodes: number;
  fault: string | null;
  isBeyond: boolean;
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
    state.isBeyond = true;
    return;
  }
  try {
    const { statements, fault } = parsePowershell(text);
    if (fault !== null) state.fault ??= fault;
    if (text.includes('\0')) state.fault ??= 'it holds a NUL';
    // A text of its own doesn't know the names around it for certain.
    const known = emptyKnowledge();
    for (const statement of statements) gather(statement, known);
    const walk = {
      known,
      nodes: state.nodes,
      functions: 0,
      nodesMax: riskNodesMax,
      isTooLarge: false,
      report: (place: number, verdict: Verdict) => findings.push({ at: at ?? place, verdict }),
      runsText: (inner: string, place: number): readonly Verdict[] => {
        readText(inner, depth + 1, at ?? place, findings, state);
        return [];
      },
    };
    for (const statement of statements) walkNode(statement, walk);
    state.nodes = walk.nodes;
    state.isBeyond ||= walk.isTooLarge;
  } catch (err) {
    // A stack that overflows is a script too deep to read, not a fault of ours.
    if (!(err instanceof RangeError)) throw err;
    state.isBeyond = true;
  }
};
