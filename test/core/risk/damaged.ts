import { everyScript } from './attacks/attacks.ts';
import { runbookScripts } from './runbook-scripts.ts';

const grammar = [
  'df -h | sort -k5 | head',
  'for f in *.log; do tail -n 5 "$f"; done',
  'if [ -f a ]; then cat a; fi',
  'echo "$(ls `pwd`)"',
  "awk '{print $1}' a",
  'cat <<E\n$x\nE',
  '[[ -f a && $b =~ ^c ]] && ls',
  'f() { ls; }; f',
  'case $x in a|b) ls ;; *) pwd ;; esac',
  'echo $((1 + 2)) ${a:-b} ${c##*/}',
  'ls | while read -r l; do echo "$l"; done',
  'time { ls; pwd; } 2>/dev/null',
];

/** Whole scripts, before they are damaged. */
export const seeds: readonly string[] = [...grammar, ...runbookScripts, ...everyScript];

const pieces =
  '\' " ` $( ) ${ } (( )) [[ ]] <<E\n \\ \n ; ;; ;& && || | & <( >( > < << fi done do then else in esac \u0001 \u202E \u2066 \u200B \uFEFF \u00A0 \r # { ! function coproc select case for $\' $" =( |& <<< $ * ? [ ] ~ = += \t $(( ${! ${x@P} @( !( {a,b} \u2028'.split(
    ' ',
  );

const nests: readonly (readonly [string, string])[] = [
  ['$(', ')'],
  ['`', '`'],
  ['"', '"'],
  ["'", "'"],
  ['( ', ' )'],
  ['{ ', '; }'],
  ['if ', '; then ls; fi'],
  ['echo "$(', ')"'],
  ['cat <(', ')'],
  ["eval '", "'"],
  ['while ', '; do ls; done'],
  ['cat <<E\n', '\nE'],
  ['${x:-', '}'],
  ['$((', '))'],
];

/** Numbers from a seed (mulberry32): the same scripts on every machine, so that a failure can be looked at. */
const randomFrom = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};

/** `count` scripts: whole ones with pieces of syntax put in, taken out, doubled, crossed and nested. */
export function* damaged(count: number, seed: number): Generator<string> {
  const below = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  for (let i = 0; i < count; i++) {
    let script = pick(seeds);
    // Now and then one that no surface would carry.
    if (i % 1_000 === 999) {
      yield large(script, pick(nests), pick(pieces), below(3));
      continue;
    }
    for (let edits = 1 + below(4); edits > 0; edits--) {
      const at = below(script.length + 1);
      const to = Math.min(script.length, at + below(8));
      const kind = below(6);
      if (kind === 0) script = script.slice(0, at) + script.slice(to);
      else if (kind === 1) script = script.slice(0, to) + script.slice(at);
      else if (kind === 2) script = script.slice(0, at) + pick(seeds).slice(below(20));
      else if (kind === 3) {
        const [open, close] = pick(nests);
        script = script.slice(0, at) + open + script.slice(at, to) + close + script.slice(to);
      } else script = script.slice(0, at) + pick(pieces) + script.slice(at);
    }
    yield script;
  }
}

const large = (
  script: string,
  [open, close]: readonly [string, string],
  piece: string,
  kind: number,
): string =>
  kind === 0
    ? open.repeat(nestedDepth) + script + close.repeat(nestedDepth)
    : kind === 1
      ? `${script}\n`.repeat(Math.ceil(largeChars / (script.length + 1)))
      : script + piece.repeat(Math.ceil(largeChars / piece.length));
/** A megabyte, and ten thousand levels: more than any surface lets a person send. */
const largeChars = 1_000_000;
const nestedDepth = 10_000;
