import { assignmentVerdicts, isCommandVariable } from '../assignment.ts';
import type { Verdict } from '../effect.ts';
import type { Call, Family, Rule } from '../rule.ts';
import { textOr } from '../run-text.ts';
import { named, say } from '../verdicts.ts';
import type { Arg } from '../word.ts';

const traps: Rule = {
  is: 'nothing',
  namesOnly: true,
  turns: { '-l -p': 'nothing' },
  check: (call) => {
    const [text] = call.operands;
    return text && !/^(-|\d+|)$/.test(text.value ?? 'x') && call.operands.length > 1
      ? textOr(call, text)
      : [];
  },
};

const evals: Rule = {
  is: say('unknown', 'runs a text as a script'),
  namesOnly: true,
  noHelp: true,
  check: (call) => {
    if (call.args.some((arg) => arg.value === null || arg.isGlob))
      return [say('undecidable', 'runs a text that is only known when it runs')];
    return call.runsText(call.args.map((arg) => arg.value).join(' '));
  },
};

const shows = say('secrets', 'shows all variables');

/** A text that holds a command, in a name or kept where an index or arithmetic may run it. */
const holdsCommand = (text: string | null): boolean => /\$\(|`|\$\{/.test(text ?? '');

const declares: Rule = {
  is: 'nothing',
  namesOnly: true,
  noHelp: true,
  check: (call) => {
    const flags = call.options.map((o) => o.name).join('');
    if (call.operands.length === 0 && !/[fF]/.test(flags) && call.name !== 'local') return [shows];
    const found =
      /n/.test(flags) && call.name !== 'export' ? [say('unknown', 'gives a name to a variable')] : [];
    return [...found, ...call.operands.flatMap((arg) => declared(arg, call))];
  },
};

const declared = (arg: Arg, call: Call): readonly Verdict[] => {
  const at = arg.lead.indexOf('=');
  if (at > 0) {
    const name = arg.lead.slice(0, at).replace(/\+$/, '');
    const value = arg.value === null ? null : arg.value.slice(at + 1);
    const ran = isCommandVariable(name) && value ? call.runsText(value) : [];
    const held = holdsCommand(name) ? [say('unknown', 'sets a name that holds a command')] : [];
    return [...assignmentVerdicts(name, value, arg.text.slice(at + 1)), ...ran, ...held];
  }
  if (arg.value === null && arg.lead === '')
    return [say('unknown', `sets ${arg.text}, a name only known when it runs`)];
  return holdsCommand(arg.value) ? [say('unknown', 'sets a name that holds a command')] : [];
};

/** Names that a builtin fills: one that changes what runs is as bad as an assignment to it. */
const fills = (call: Call, names: readonly Arg[]): readonly Verdict[] =>
  names
    .flatMap((arg) =>
      arg.value === null || /\[/.test(arg.value)
        ? [say('unknown', 'reads into a name only known when it runs')]
        : assignmentVerdicts(arg.value, null, ''),
    )
    .concat(
      call.stdin.kind === 'text' && holdsCommand(call.stdin.text)
        ? [say('unknown', 'keeps a text with a command in it')]
        : [],
    );
const arrayOf = (call: Call): readonly Arg[] =>
  call.options.flatMap((o) => (o.name === '-a' && o.value ? [o.value] : []));

/** Files that hold names and values only, by their manual: os-release(5). */
const facts = /^\/(etc|usr\/lib)\/(os|lsb)-release$/;

const sources: Rule = {
  noHelp: true,
  check: (call) => {
    const file = call.operands[0];
    if (file?.value && facts.test(file.value) && call.operands.length === 1) return [named.reads];
    if (!file || file.value === null || /^\/(dev|proc)\//.test(file.value))
      return [say('undecidable', 'runs what it gets from elsewhere')];
    return [say('runsCode', 'runs a file that is not on the card')];
  },
};

/** What the shell does by itself. */
export const builtins: Family = {
  rules: {
    trap: traps,
    eval: evals,
    'source .': sources,
    'declare typeset local export readonly': declares,
    let: {
      is: 'nothing',
      namesOnly: true,
      check: (call) =>
        call.args.some((arg) => arg.value === null || /[`$]/.test(arg.value))
          ? [say('unknown', 'computes a text')]
          : [],
    },
    read: {
      is: 'nothing',
      namesOnly: true,
      values: '-a -d -i -n -N -p -t -u',
      check: (call) => fills(call, [...call.operands, ...arrayOf(call)]),
    },
    'mapfile readarray': {
      is: 'nothing',
      namesOnly: true,
      values: '-d -n -O -s -u -C -c',
      check: (call) => [
        ...fills(call, call.operands),
        ...call.options.flatMap((o) =>
          o.name === '-C'
            ? [say('undecidable', 'runs a command for its lines'), ...textOr(call, o.value)]
            : [],
        ),
      ],
    },
    getopts: { is: 'nothing', namesOnly: true, check: (call) => fills(call, call.operands.slice(1, 2)) },
    jobs: {
      is: 'nothing',
      check: (call) => (call.options.some((o) => o.name === '-x') ? call.runs(call.operands) : []),
      stopsAtOperand: true,
      noHelp: true,
    },
    'cd pushd popd dirs set shift return exit break continue wait fg bg ulimit umask hash unset disown suspend bind-list history-list':
      { is: 'nothing', namesOnly: true, noHelp: true, check: (call) => ownState(call) },
    shopt: {
      is: 'nothing',
      flags: {},
      namesOnly: true,
      check: (call) =>
        call.operands.some((arg) =>
          /^(expand_aliases|sourcepath|assoc_expand_once)$/.test(arg.value ?? 'expand_aliases'),
        )
          ? [say('unknown', 'lets words change what runs')]
          : [],
    },
    'bind complete': say('unknown', 'changes what the shell itself runs'),
    enable: {
      is: say('unknown', 'changes what the shell itself runs'),
      flags: { '-f': say('undecidable', 'loads code into the shell') },
      values: '-f',
    },
    alias: {
      is: 'nothing',
      namesOnly: true,
      check: (call) =>
        call.operands.flatMap((arg) =>
          arg.lead.includes('=')
            ? arg.value === null
              ? [say('undecidable', 'gives a name to a text that is only known when it runs')]
              : call.runsText(arg.value.slice(arg.value.indexOf('=') + 1).replace(/^(['"])(.*)\1$/s, '$2'))
            : [],
        ),
    },
    unalias: 'nothing',
    history: { is: 'secrets', flags: { '-c -d': 'destroys', '-w -a -n -r -s': 'writes' }, values: '-d' },
    fc: {
      is: say('undecidable', 'runs a command from the history'),
      turns: { '-l': 'secrets' },
      plain: '-n -r',
    },
  },
  examples: {
    'read-only': ['cd /tmp && ls', 'export A=1', 'read -r x < a', "alias l='ls -l'", 'set -e', 'local x=1'],
    changes: ['export PATH=/x', 'source a', 'history -w', "alias l='touch a'", 'enable -n echo'],
    dangerous: ['history -c', 'fc -s', 'hash -p /bin/rm echo', 'export LD_PRELOAD=a'],
  },
};

const ownState = (call: Call): readonly Verdict[] => {
  if (call.name === 'set' && call.args.length === 0) return [shows];
  if (call.name === 'set') {
    const sets = call.args.some((arg) => /^-[^-]*k|^keyword$/.test(arg.value ?? '-k'));
    return sets || call.args.some((arg) => holdsCommand(arg.value))
      ? [say('unknown', 'changes how words are read, or keeps a text with a command in it')]
      : [];
  }
  if (call.name === 'hash' && call.options.some((o) => o.name === '-p'))
    return [say('undecidable', 'gives a command the name of another')];
  return call.name === 'unset' && call.operands.some((arg) => arg.value === null || arg.value.includes('['))
    ? [say('unknown', 'unsets a name only known when it runs')]
    : [];
};
