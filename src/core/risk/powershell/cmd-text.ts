import type { Verdict } from '../effect.ts';
import { named, say } from '../verdicts.ts';
import { isWholeWindows, isWindowsOwned, isWindowsSecret } from './places.ts';

/** Runs a program with its words. */
type Runs = (words: readonly string[]) => readonly Verdict[];

/** Commands that cmd.exe has itself, by what they mean. Those with a rule of their own are below. */
const builtins: Readonly<Record<string, Verdict>> = {
  ...each(
    'echo rem title cls ver vol prompt color pause exit setlocal endlocal goto shift path verify',
    named.nothing,
  ),
  ...each('dir cd chdir pushd popd type date time set assoc ftype break', named.reads),
  ...each('copy move ren rename md mkdir mklink', named.writes),
};

function each(names: string, verdict: Verdict): Record<string, Verdict> {
  return Object.fromEntries(names.split(' ').map((name) => [name, verdict]));
}

/** What a line for cmd.exe does. It is split as cmd does: `^` quotes the next character, quotes hold all else. */
export const cmdVerdicts = (text: string, runs: Runs, depth = 0): readonly Verdict[] => {
  if (depth > depthMax) return [say('undecidable', 'nests commands beyond reading')];
  return piecesOf(text).flatMap((piece) => pieceVerdicts(piece, runs, depth));
};
/** Commands of cmd.exe inside commands. */
const depthMax = 12;

const piecesOf = (text: string): string[] => {
  const pieces: string[] = [];
  let piece = '';
  let inQuotes = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '"') inQuotes = !inQuotes;
    if (char === '^' && !inQuotes) {
      i++;
      piece += text[i] ?? '';
    } else if (!inQuotes && /[&|\n\r]/.test(char)) {
      pieces.push(piece);
      piece = '';
    } else piece += char;
  }
  return [...pieces, piece];
};

const pieceVerdicts = (piece: string, runs: Runs, depth: number): readonly Verdict[] => {
  const written: Verdict[] = [];
  const bare = piece.replace(/\d?>>?\s*(?!&)("[^"]*"|[^\s<>]+)/g, (_, target: string) => {
    if (!/^"?nul:?"?$/i.test(target)) {
      const isOwned = isWindowsOwned(target);
      written.push(say(isOwned ? 'overwrites' : 'writes', `writes to ${target}`));
    }
    return ' ';
  });
  const words = (bare.replace(/\d?>&\d/g, ' ').match(/"[^"]*"|[^\s"]+/g) ?? []).map((word) =>
    word.replaceAll('"', ''),
  );
  const first = (words[0] ?? '').replace(/^[@(]+/, '');
  const rest = words.slice(1).map((word) => word.replace(/\)+$/, ''));
  const lower = first.toLowerCase().replace(/\)+$/, '');
  if (lower === '') return written;
  if (/[%!]/.test(lower))
    return [...written, say('undecidable', `runs ${first}, which only shows when it runs`)];
  return [...written, ...wordVerdicts(lower, rest, runs, depth)];
};

const wordVerdicts = (
  name: string,
  words: readonly string[],
  runs: Runs,
  depth: number,
): readonly Verdict[] => {
  // `del/f` and `cd..` need no blank.
  const glued = /^(del|erase|rd|rmdir|dir|cd|copy|move|type|echo|format)([/.\\].*)$/.exec(name);
  if (glued) return wordVerdicts(glued[1] ?? '', [glued[2] ?? '', ...words], runs, depth);
  const inner = (from: number): readonly Verdict[] =>
    cmdVerdicts(words.slice(from).join(' '), runs, depth + 1);
  if (name === 'call') return inner(0);
  if (name === 'start') {
    const at = words.findIndex((word) => word !== '' && !word.startsWith('/'));
    return [say('runsCode', 'starts a program'), ...(at < 0 ? [] : inner(at))];
  }
  if (name === 'for') {
    const at = words.findIndex((word) => word.toLowerCase() === 'do');
    return at < 0 ? [named.unknown] : inner(at + 1);
  }
  if (name === 'if' || name === 'else') return branchVerdicts(words, runs, depth);
  if (/^(del|erase|rd|rmdir)$/.test(name)) return removes(words);
  const builtin = builtins[name];
  if (!builtin) return runs([/\.\w+$/.test(name) ? name : `${name}.exe`, ...words]);
  if (words.some(isWindowsSecret)) return [builtin, named.secrets];
  if (name === 'set' && words.some((word) => word.includes('='))) return [named.nothing];
  return builtin === named.writes && words.some(isWindowsOwned) ? [named.overwrites] : [builtin];
};

/** `if exist x del x`: whatever follows the condition, each word of which could be the command. */
const branchVerdicts = (words: readonly string[], runs: Runs, depth: number): readonly Verdict[] => {
  const at = words.findIndex((word) => !/^(not|exist|defined|errorlevel|\/i|==)$/i.test(word));
  const rest = words.slice(at + 1);
  return [say('unknown', 'decides when it runs'), ...cmdVerdicts(rest.join(' '), runs, depth + 1)];
};

const removes = (words: readonly string[]): readonly Verdict[] => {
  const whole = words.find((word) => !word.startsWith('/') && isWholeWindows(word));
  const isDeep = words.some((word) => /^\/s/i.test(word));
  if (whole !== undefined && isDeep) return [say('ruins', `removes all of ${whole}`)];
  if (isDeep || whole !== undefined || words.some((word) => /^\/[fq]/i.test(word) || /[*?%]/.test(word)))
    return [say('destroys', 'removes for good, without asking')];
  return [say('deletes', 'removes')];
};
