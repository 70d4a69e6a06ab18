import { Risk, type Verdict } from './effect.ts';
import type { Call } from './rule.ts';
import { say } from './verdicts.ts';
import { plainArg } from './word.ts';

const destroys =
  /\b(rmtree|rm_rf|rm_r|remove_entry\w*|removedirs|rimraf|rmSync|rmdirSync|remove_tree|truncate|ftruncate|mkfs|deltree|removeSync|delete_all|drop_all|rmdir_r)\b/;
const acts =
  /\b(unlink\w*|os\.(remove|system|popen|exec\w*|spawn\w*|kill)|subprocess|child_process|execSync|spawnSync|Popen|shell_exec|passthru|proc_open|FileUtils|Open3)\b/;
const hides =
  /\b(b64decode|a2b_base64|unhexlify|fromhex|Buffer\.from|atob|unpack|decode64|base64_decode|urlopen|requests\.get|urlretrieve|gzinflate|str_rot13|marshal|codecs\.decode)\b/;
const evaluates = /\b(eval|exec|compile|__import__|instance_eval|Function)\b\s*\(?/;

/**
 * What code in another language does, as far as its words tell. It is never read-only: a grammar of each language
 * would be needed to prove that, and even then its libraries are not on the card.
 */
export const codeVerdicts = (code: string | null, call: Call): readonly Verdict[] => {
  if (code === null) return [say('undecidable', 'runs code that is only known when it runs')];
  const found: Verdict[] = [say('runsCode', 'runs code in another language')];
  if (destroys.test(code)) found.push(say('destroys', 'calls something that removes whole folders'));
  if (hides.test(code) && (evaluates.test(code) || acts.test(code)))
    found.push(say('undecidable', 'runs code that is encoded or fetched'));
  for (const text of textsIn(code)) found.push(...dangerousOf(text, call));
  // A bare command where code is expected is a mistake, but one that shows what was meant.
  found.push(...dangerousOf(code, call));
  const listed = [...code.matchAll(/\[((?:\s*(?:'[^'\n]*'|"[^"\n]*")\s*,?)+)\]/g)];
  for (const [, list = ''] of listed) {
    const words = [...list.matchAll(/'([^'\n]*)'|"([^"\n]*)"/g)].map((m) => m[1] ?? m[2] ?? '');
    found.push(...worst(call.runs(words.map(plainArg))));
  }
  return found;
};

const textsIn = (code: string): string[] =>
  [...code.matchAll(/'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`/g)]
    .slice(0, textsMax)
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '');
/** Literals of one program that are tried as commands. */
const textsMax = 50;

const dangerousOf = (text: string, call: Call): readonly Verdict[] => {
  const pieces = text.split(/&&|\|\||[;|\n]/).slice(0, textsMax);
  return pieces.flatMap((piece) => {
    const words = piece.trim().split(/\s+/);
    return words.length > 1 && /^[a-z][\w./+-]*$/.test(words[0] ?? '')
      ? worst(call.runs(words.map(plainArg)))
      : [];
  });
};

const worst = (verdicts: readonly Verdict[]): readonly Verdict[] =>
  verdicts.filter(
    (v) => (v.risk === Risk.dangerous || v.risk === Risk.forbidden) && v.effects[0] !== 'unknown',
  );
