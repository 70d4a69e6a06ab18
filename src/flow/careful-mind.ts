import type { Answer, HostReading } from '../core/answer.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Draft, Drafter } from '../ports/drafter.ts';
import type { ResultInterpreter } from '../ports/interpreter.ts';
import type { CarefulRedactor } from './careful-redactor.ts';

/**
 * A drafter that hears no secret and whose scripts hold none: a script is signed as it is shown, so one with a secret is
 * refused and never masked (law 1).
 */
export const carefulDrafter = (drafter: Drafter, redactor: CarefulRedactor): Drafter => ({
  knowsWord: (word) => drafter.knowsWord(word),
  draft: async (request, signal) => {
    const words = redactor.redact(request.words);
    const before = request.before.map((text) => redactor.text(text));
    const context = request.context && redactor.text(request.context);
    const draft = await drafter.draft({ ...request, words: words ?? '', before, context }, signal);
    const refusal = words === null ? sentence('text_withheld', {}) : refusalOf(draft, redactor);
    if (refusal) return { kind: 'nothing', sentence: refusal, language: draft.language, nearest: [] };
    if (draft.kind === 'nothing') return { ...draft, sentence: redactor.sentence(draft.sentence) };
    const notice = draft.notice && redactor.sentence(draft.notice);
    return { ...draft, summary: redactor.text(draft.summary), notice };
  },
});

const refusalOf = (draft: Draft, redactor: CarefulRedactor): Sentence | null => {
  if (draft.kind === 'nothing') return null;
  for (const script of draft.scripts) {
    const refusal = redactor.refusalOf(script.text);
    if (refusal) return refusal;
  }
  return null;
};

/** An interpreter whose words and quotes hold no secret, be it that the output had one that was not seen there. */
export const carefulInterpreter = (
  interpreter: ResultInterpreter,
  redactor: CarefulRedactor,
): ResultInterpreter => ({
  interpret: async (request, onWords, signal) => {
    const tell = (words: string): void => onWords(redactor.text(wholeWords(words)));
    const answer = await interpreter.interpret(request, tell, signal);
    return redactedAnswer(answer, redactor);
  },
});

/** The last word is still being written, and half a secret is known by nothing. */
const wholeWords = (words: string): string => words.replace(/\S+$/, '');

const redactedAnswer = (answer: Answer, redactor: CarefulRedactor): Answer => ({
  ...answer,
  words: redactor.text(answer.words),
  hosts: answer.hosts.map(
    (host): HostReading => ({
      ...host,
      words: redactor.text(host.words),
      facts: host.facts.map(({ label, value }) => ({ label, value: redactor.text(value) })),
      evidence: host.evidence.map((line) => redactor.text(line)),
    }),
  ),
});
