import jsonata from 'jsonata';
import { mappingDepthMax, mappingMsMax, mappingSequenceMax, matchedCharsMax } from './limits.ts';

/**
 * Expressions of JSONata are the owner's own, but run on what strangers send: so their time, depth and results are
 * bounded, and a regular expression is neither tried on long texts nor has repetitions within repetitions, which are what
 * takes for ever.
 */
class BoundedRegExp extends RegExp {
  constructor(pattern: RegExp | string, flags?: string) {
    super(pattern, flags);
    if (/\((?:[^()\\]|\\.)*[+*}](?:[^()\\]|\\.)*\)[+*{]/.test(this.source)) {
      throw new Error('its regular expression repeats what repeats, which may take for ever');
    }
  }
  override exec(text: string): RegExpExecArray | null {
    if (text.length > matchedCharsMax) throw new Error('a text is too long for its regular expression');
    return super.exec(text);
  }
}

const bounds = {
  timeout: mappingMsMax,
  stack: mappingDepthMax,
  sequence: mappingSequenceMax,
  RegexEngine: BoundedRegExp as RegExpConstructor,
};

const compiled = new Map<string, jsonata.Expression>();

/** What is wrong with an expression as such; null where it can be tried. */
export const expressionProblem = (text: string): string | null => {
  try {
    compile(text);
    return null;
  } catch (error) {
    return `is no JSONata: ${wordsOf(error)}`;
  }
};

export type Evaluated = { kind: 'value'; value: unknown } | { kind: 'failed'; problem: string };

/** The value of an expression on this input. What goes wrong is the end of a sentence. */
export const evaluate = async (text: string, input: unknown): Promise<Evaluated> => {
  try {
    const value: unknown = await compile(text).evaluate(input);
    return { kind: 'value', value };
  } catch (error) {
    return { kind: 'failed', problem: wordsOf(error) };
  }
};

/** Expressions stand in nerdyops.yml, so there are as many as there. */
const compile = (text: string): jsonata.Expression => {
  const known = compiled.get(text);
  if (known) return known;
  const made = jsonata(text, bounds);
  compiled.set(text, made);
  return made;
};

const wordsOf = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'D1012') return `it takes longer than ${mappingMsMax} ms`;
  if (code === 'D1011') return `it calls itself deeper than ${mappingDepthMax} times`;
  return (message ?? String(error)).slice(0, 300);
};
