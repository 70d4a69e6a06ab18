import type { Answer } from '../core/answer.ts';
import type { ReadRequest, ResultInterpreter } from '../ports/interpreter.ts';
import { cutAt, dataBlock } from './data-block.ts';
import { evidenceIn, wordsIn } from './evidence.ts';
import { modelTotalMsMax, scriptExcerptCharsMax } from './limits.ts';
import type { ModelClient } from './model-client.ts';
import { ModelFault, ModelFaultKind } from './model-fault.ts';
import { noteOf } from './notes.ts';
import { excerptsOf } from './output-excerpt.ts';
import { answerPrompt } from './prompts.ts';

/**
 * Answers with a model where no runbook reads the output.
 *
 * - A runbook's own reading is the answer: its numbers are true, and the model isn't asked.
 * - Else the model writes it, streamed. It has no tools (law 5): output that talks to it can change the words and
 *   nothing else.
 * - What it quotes is evidence only where the machine printed that line.
 * - A model that can't be used or whose answer breaks off leaves the plain answer, which then says so.
 */
export class ModelInterpreter implements ResultInterpreter {
  readonly #runbooks: ResultInterpreter;
  readonly #client: ModelClient;

  constructor(parts: { runbooks: ResultInterpreter; client: ModelClient }) {
    this.#runbooks = parts.runbooks;
    this.#client = parts.client;
  }

  async interpret(
    request: ReadRequest,
    onWords: (words: string) => void,
    signal: AbortSignal,
  ): Promise<Answer> {
    signal.throwIfAborted();
    const plain = await this.#runbooks.interpret(request, () => {}, signal);
    if (plain.reader !== 'plain' || !hasRun(request)) return plain;
    try {
      const within = AbortSignal.any([signal, AbortSignal.timeout(modelTotalMsMax)]);
      return await this.#read(request, plain, onWords, within);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ModelFault)) throw error;
      return { ...plain, words: `${noteOf(error, request.language)}\n\n${plain.words}`.trim() };
    }
  }

  async #read(
    request: ReadRequest,
    plain: Answer,
    onWords: (words: string) => void,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { parts, seen } = excerptsOf(request.runs);
    const prompt = answerPrompt(request.language, [
      dataBlock('request', request.request),
      ...request.proposal.scripts.map((s) =>
        dataBlock(`script that ran on ${s.platforms.join(' and ')}`, cutAt(s.text, scriptExcerptCharsMax)),
      ),
      ...parts,
    ]);
    let shown = '';
    const show = (text: string): void => {
      const words = wordsIn(text);
      if (words === shown) return;
      shown = words;
      onWords(words);
    };
    const text = await this.#client.speak('answer', prompt, show, signal);
    const words = wordsIn(text);
    if (words === '') throw new ModelFault(ModelFaultKind.garbage);
    const evidence = evidenceIn(text, seen);
    const isOnly = plain.hosts.length === 1;
    return {
      ...plain,
      words,
      hosts: plain.hosts.map((host) => ({
        ...host,
        words: isOnly ? words : host.words,
        evidence: [...(evidence.get(host.agentName) ?? [])],
      })),
      language: request.language,
      reader: 'model',
    };
  }
}

/** False when nothing ran anywhere: then there is nothing to read, and the states say it all. */
const hasRun = (request: ReadRequest): boolean =>
  request.runs.some(({ run, stdout, stderr }) => run.exitCode !== null || stdout !== '' || stderr !== '');
