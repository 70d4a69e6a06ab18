import { Interpreter } from '../script.ts';
import { ruleFor } from './catalogue.ts';
import { classify } from './classify.ts';
import { classifyBash } from './classify-bash.ts';
import { type Classification, Effect, Risk } from './effect.ts';
import { tidyPath } from './paths.ts';
import type { Arg } from './word.ts';

/** A command as it is met in the tree; a word that only the run tells is null. */
export interface CommandMention {
  /** Without its folder. */
  readonly name: string | null;
  readonly words: readonly (string | null)[];
  /** Called by a path where programs are not what their names say. */
  readonly isForeign: boolean;
}

/** A path that a word of the script names. */
export interface PathMention {
  readonly path: string;
  /** `*`, `?` and `[` in it become names. */
  readonly isGlob: boolean;
  /** Goes on in a way that only the run tells. */
  readonly isOpen: boolean;
}

/** What a script names, wrappers followed. */
export interface Mentions {
  readonly commands: readonly CommandMention[];
  readonly paths: readonly PathMention[];
  /** It may run commands and touch files that stand nowhere in it. */
  readonly hasMore: boolean;
  /** What is done beside the commands: by redirections that write, and variables that change what runs. */
  readonly beside: readonly Effect[];
}

/** What a script does and what it names, from one reading. Names are found in Bash only: PowerShell always has more. */
export const readScript = (
  interpreter: Interpreter,
  script: string,
): { classification: Classification; mentions: Mentions } => {
  if (interpreter !== Interpreter.bash) {
    const classification = classify(interpreter, script);
    return { classification, mentions: { commands: [], paths: [], hasMore: true, beside: [] } };
  }
  const commands: CommandMention[] = [];
  const words: Arg[] = [];
  const folders: string[] = [];
  const beside = new Set<Effect>();
  const classification = classifyBash(script, {
    meets: ([first, ...rest]) => {
      const name = first && !first.isGlob ? first.value : null;
      commands.push({
        name: name === null ? null : baseName(name),
        words: rest.map((arg) => (arg.isGlob ? null : arg.value)),
        isForeign: name?.includes('/') === true && ruleFor(name)?.isTrusted !== true,
      });
      if (first) words.push(first);
      words.push(...rest);
      const to = rest[0]?.value;
      if ((name === 'cd' || name === 'pushd') && to) folders.push(to);
    },
    meetsFile: (file) => words.push(file),
    meetsEffects: (verdicts) => {
      for (const { risk, effects } of verdicts)
        if (risk !== Risk.readOnly) for (const effect of effects) beside.add(effect);
    },
  });
  const { unparsed, effects, risk } = classification;
  const isDire = risk === Risk.dangerous || risk === Risk.forbidden;
  const hasMore =
    unparsed || effects.includes(Effect.runsFetchedCode) || (isDire && effects.includes(Effect.unknown));
  return {
    classification,
    mentions: { commands, paths: pathsOf(words, folders), hasMore, beside: [...beside] },
  };
};

const baseName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** A relative path may be meant in any folder that the script goes to. */
const pathsOf = (words: readonly Arg[], folders: readonly string[]): PathMention[] => {
  const found = new Map<string, PathMention>();
  for (const arg of words) {
    for (const piece of piecesOf(arg.value ?? arg.lead)) {
      const isOpen = arg.value === null;
      const bases = /^[/~$]/.test(piece) ? [''] : ['', ...folders.map((folder) => `${folder}/`)];
      for (const base of bases) {
        const path = `${base}${piece}`;
        if (!/^[/~]/.test(path) || found.size >= pathsMax) continue;
        const mention = {
          path: tidyPath(path) + (isOpen && path.endsWith('/') ? '/' : ''),
          isGlob: arg.isGlob,
          isOpen,
        };
        found.set(JSON.stringify(mention), mention);
      }
    }
  }
  return [...found.values()];
};
/** Different paths of one script; far more than a person would read. */
const pathsMax = 10_000;

/** The word itself, and where a path may begin within it: `--file=/x`, `if=/x`, `-f/x`, `@/x`, `host:/x`. */
const piecesOf = (word: string): string[] => {
  const at = word.search(/[/~]/);
  const pieces = [word];
  if (at > 0) pieces.push(word.slice(at));
  const equals = word.indexOf('=');
  if (equals > 0 && equals + 1 !== at) pieces.push(word.slice(equals + 1));
  return pieces;
};
