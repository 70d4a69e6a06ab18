import type { Answer, HostReading } from '../core/answer.ts';
import type { Language } from '../core/language.ts';
import { RunState } from '../core/run.ts';
import type { EndedRun, ReadRequest, ResultInterpreter } from '../ports/interpreter.ts';
import { hostNamesMax, plainHeadLinesMax, plainTailLinesMax } from './limits.ts';
import { plainWords, type UnendedState } from './plain-words.ts';
import { emptyReading, evidenceOf, linesOf, type Reading, readOutput } from './read.ts';
import type { Runbook } from './runbook.ts';

/**
 * Reads results without a model: by the reading of the runbook that the script is, word for word, else plainly.
 * Holds one set of runbooks and no state of a task.
 */
export class RunbookInterpreter implements ResultInterpreter {
  readonly #byName: ReadonlyMap<string, Runbook>;

  constructor(runbooks: readonly Runbook[]) {
    this.#byName = new Map(runbooks.map((r) => [r.name, r]));
  }

  async interpret(
    request: ReadRequest,
    onWords: (words: string) => void,
    signal: AbortSignal,
  ): Promise<Answer> {
    signal.throwIfAborted();
    const { language, proposal, runs } = request;
    const runbook = this.#runbookOf(proposal.runbook);
    const parameters = proposal.runbook?.parameters ?? {};
    let read = false;
    const hosts = runs.map((ended): HostReading => {
      if (!exited(ended)) return unendedReading(ended, language);
      const { run, stdout } = ended;
      const reading =
        runbook === null ? emptyReading : readOutput(runbook, run.platform, language, parameters, stdout);
      if (reading.words === '') return plainReading(ended, language);
      read = true;
      return runbookReading(ended, reading);
    });
    const words = mergeWords(hosts, language);
    onWords(words);
    return { words, hosts, followUps: proposal.followUps, language, reader: read ? 'runbook' : 'plain' };
  }

  /** Only an unchanged runbook may read: another file's facts, or an edited script, would make up an answer. */
  #runbookOf(ref: ReadRequest['proposal']['runbook']): Runbook | null {
    if (ref === null || !ref.verbatim) return null;
    const runbook = this.#byName.get(ref.name);
    return runbook?.digest === ref.digest ? runbook : null;
  }
}

const exited = ({ run }: EndedRun): boolean =>
  run.state === RunState.succeeded || run.state === RunState.failed;

const lastLine = (text: string): string[] =>
  linesOf(text)
    .filter((l) => l.trim() !== '')
    .slice(-1);

/** The runbook's own condition says what to look at; without one the exit code does. */
const runbookReading = ({ run, stderr }: EndedRun, reading: Reading): HostReading => {
  const well = run.state === RunState.succeeded;
  return {
    agentName: run.agentName,
    words: reading.words,
    facts: reading.rows,
    evidence: well ? reading.evidence : evidenceOf([...lastLine(stderr), ...reading.evidence]),
    ok: reading.ok ?? well,
  };
};

/** The beginning and the end: a program's verdict is mostly in one of them. */
const firstAndLast = (lines: readonly string[]): string[] =>
  lines.length <= plainHeadLinesMax + plainTailLinesMax
    ? [...lines]
    : [...lines.slice(0, plainHeadLinesMax), ...lines.slice(-plainTailLinesMax)];

const plainReading = ({ run, stdout, stderr }: EndedRun, language: Language): HostReading => {
  const lines = linesOf(stdout).filter((line) => line.trim() !== '');
  const well = run.state === RunState.succeeded;
  const errors = well && lines.length > 0 ? [] : lastLine(stderr);
  const exitCode = well ? (run.exitCode ?? 0) : run.exitCode;
  const said = run.sentence === null ? '' : ` ${run.sentence.text}`;
  return {
    agentName: run.agentName,
    words: `${plainWords[language].ended(exitCode, lines.length)}${said}`,
    facts: [],
    // The error first: where room is short, it is what people need.
    evidence: evidenceOf([...errors, ...firstAndLast(lines)]),
    ok: well,
  };
};

const unendedReading = ({ run, stderr }: EndedRun, language: Language): HostReading => {
  const plain = plainWords[language];
  const state: Record<string, string> = plain.state satisfies Record<UnendedState, string>;
  return {
    agentName: run.agentName,
    words: run.sentence?.text ?? state[run.state] ?? plain.open,
    facts: [],
    evidence: evidenceOf(lastLine(stderr)),
    ok: false,
  };
};

/** One machine's words as they are; of several, those that say the same in one line, what needs a look first. */
const mergeWords = (hosts: readonly HostReading[], language: Language): string => {
  const plain = plainWords[language];
  if (hosts.length === 0) return plain.nothingRan;
  if (hosts.length === 1) return hosts[0]?.words ?? '';
  const groups = new Map<string, { words: string; ok: boolean; names: string[] }>();
  for (const host of hosts) {
    const key = `${host.ok} ${host.words}`;
    const group = groups.get(key) ?? { words: host.words, ok: host.ok, names: [] };
    group.names.push(host.agentName);
    groups.set(key, group);
  }
  const line = ({ words, names }: { words: string; names: string[] }): string => {
    const rest = names.length - hostNamesMax;
    const shown = names.slice(0, hostNamesMax).join(', ');
    return `${rest > 0 ? `${shown} ${plain.more(rest)}` : shown}: ${words}`;
  };
  const all = [...groups.values()];
  return [...all.filter((g) => !g.ok), ...all.filter((g) => g.ok)].map(line).join('\n');
};
