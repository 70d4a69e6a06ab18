import { Risk, type Verdict } from './effect.ts';
import { Place, placeOf } from './paths.ts';
import type { Call } from './rule.ts';
import { say } from './verdicts.ts';
import { plainArg } from './word.ts';

const destroys =
  /\b(rmtree|rm_rf|rm_r|remove_entry\w*|removedirs|rimraf|rmSync|rmdirSync|remove_tree|truncate|ftruncate|mkfs|deltree|removeSync|delete_all|drop_all|rmdir_r)\b/;
const removesOne =
  /\b(unlink\w*|os\.(remove|rename|replace)|shutil\.move|File\.(delete|write|rename)|fs\.\w*(rm|unlink|write|rename|truncate)\w*|writeFile\w*|file_put_contents|rename)\b|\bopen\s*\([^)]*,\s*["'][^"']*[wax+>]|\bopen\b[^;]*["']\s*>/;
const starts =
  /\b(os\.(system|popen|exec\w*|spawn\w*)|subprocess\.\w+|Popen|execSync|execFile\w*|spawn\w*|child_process\b.*\.exec|shell_exec|passthru|proc_open|popen|system|os\.execute|io\.popen)\s*\(/g;
const acts =
  /\b(unlink\w*|os\.(remove|system|popen|exec\w*|spawn\w*|kill)|subprocess|child_process|execSync|spawnSync|Popen|shell_exec|passthru|proc_open|FileUtils|Open3)\b/;
const hides =
  /\b(b64decode|a2b_base64|unhexlify|fromhex|Buffer\.from|atob|unpack|decode64|base64_decode|urlopen|requests\.get|urlretrieve|gzinflate|str_rot13|marshal|codecs\.decode)\b/;
const evaluates = /\b(eval|exec|compile|__import__|instance_eval|Function)\b\s*\(?/;
const bombs = /\b(while|until|for|loop)\b[\s\S]*\bfork\b|\bfork\b[\s\S]*\b(while|until)\b/;

/**
 * What code in another language does, as far as its words tell. It is never read-only: a grammar of each language
 * would be needed to prove that, and even then its libraries are not on the card.
 */
export const codeVerdicts = (code: string | null, call: Call): readonly Verdict[] => {
  if (code === null) return [say('undecidable', 'runs code that is only known when it runs')];
  const found: Verdict[] = [say('runsCode', 'runs code in another language')];
  if (bombs.test(code)) found.push(say('ruins', 'starts itself without end'));
  if (destroys.test(code)) found.push(say('destroys', 'calls something that removes whole folders'));
  if (hides.test(code) && (evaluates.test(code) || acts.test(code)))
    found.push(say('undecidable', 'runs code that is encoded or fetched'));
  const texts = textsIn(code);
  const system = removesOne.test(code) ? texts.find(isSystems) : undefined;
  if (system !== undefined) found.push(say('destroys', `changes ${system}, which the system goes by`));
  if (startsUnknown(code))
    found.push(say('undecidable', 'starts a command that is put together when it runs'));
  for (const text of texts) found.push(...dangerousOf(text, call));
  // A bare command where code is expected is a mistake, but one that shows what was meant.
  found.push(...dangerousOf(code, call));
  const listed = [
    ...code.matchAll(/[[(]((?:\s*(?:'[^'\n]*'|"[^"\n]*")\s*,?)+)[\])]|\bexec((?:\s*"[^"\n]*",?)+)/g),
  ];
  for (const [, list, more] of listed.slice(0, textsMax)) {
    const words = [...(list ?? more ?? '').matchAll(/'([^'\n]*)'|"([^"\n]*)"/g)].map(
      (m) => m[1] ?? m[2] ?? '',
    );
    if (words.length > 1) found.push(...worst(call.runs(words.map(plainArg))));
  }
  return found;
};

/** What stands before a command within an option's value or an editor's: `exec=`, `:!`, `SYSTEM:`, `shell `. */
const prefix =
  /^[\s:!+(|@-]*(?:[\w.-]{1,40}[=:])*[\s:!'"[(|]*(?:(?:shell-command|shell|system|spawn|silent|execute|exec|sh -c)\b[\s!'"(]*)?/i;

/**
 * The dangerous commands among a call's words, or inside one of them: what a program that can run others is given is
 * tried as a command, whatever the option is called.
 */
export const hiddenCommands = (call: Call, strips = prefix): readonly Verdict[] => [
  ...call.doubts(call.args),
  ...call.args
    .slice(0, textsMax)
    .flatMap(({ value }) =>
      value !== null && /\s/.test(value) ? dangerousOf(value.replace(strips, ''), call) : [],
    ),
];
/** A system's own file: nobody changes that in passing. */
const isSystems = (text: string): boolean => {
  const place = text.startsWith('/') ? placeOf(text) : Place.ordinary;
  return place === Place.system || place === Place.systemFile || place === Place.device;
};

/** Whether a command is started whose text doesn't stand in the code as one literal. */
const startsUnknown = (code: string): boolean =>
  [...code.matchAll(starts)].some((match) => {
    const rest = code.slice(
      (match.index ?? 0) + match[0].length,
      (match.index ?? 0) + match[0].length + startsCharsMax,
    );
    return !/^\s*(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\$#])*"|\[(?:\s*(?:'[^']*'|"[^"]*")\s*,?)*\])\s*(?:[,);]|$)/.test(
      rest,
    );
  });
/** The first argument of a call; what is longer is no command that a person reads. */
const startsCharsMax = 1_000;

const textsIn = (code: string): string[] =>
  [...code.matchAll(/'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`/g)]
    .slice(0, textsMax)
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '');
/** Literals of one program that are tried as commands. */
const textsMax = 50;

const dangerousOf = (text: string, call: Call): readonly Verdict[] => {
  const pieces = text.split(/&&|\|\||[;|\n]/).slice(0, textsMax);
  return pieces.flatMap((piece) => {
    const words = piece.trim().split(/\s+/).slice(0, wordsMax);
    return words.length > 1 && /^[a-z/][\w./+-]*$/.test(words[0] ?? '')
      ? worst(call.runs(words.map((word) => plainArg(word.replace(/^["'](.*)["']$|["')]+$/, '$1')))))
      : [];
  });
};
/** Words of one such command. */
const wordsMax = 50;

const worst = (verdicts: readonly Verdict[]): readonly Verdict[] =>
  verdicts.filter(
    (v) => (v.risk === Risk.dangerous || v.risk === Risk.forbidden) && v.effects[0] !== 'unknown',
  );
