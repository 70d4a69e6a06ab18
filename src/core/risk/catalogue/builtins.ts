import { assignmentVerdicts } from '../assignment.ts';
import type { Verdict } from '../effect.ts';
import type { Call, Family, Rule } from '../rule.ts';
import { textOr } from '../run-text.ts';
import { say } from '../verdicts.ts';

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

const declares: Rule = {
  is: 'nothing',
  namesOnly: true,
  noHelp: true,
  check: (call) =>
    call.operands.flatMap((arg) => {
      const at = arg.lead.indexOf('=');
      if (at > 0)
        return assignmentVerdicts(
          arg.lead.slice(0, at).replace(/\+$/, ''),
          arg.value === null ? null : arg.value.slice(at + 1),
          arg.text.slice(at + 1),
        );
      return arg.value === null && arg.lead === ''
        ? [say('unknown', `sets ${arg.text}, a name only known when it runs`)]
        : [];
    }),
};

const sources: Rule = {
  is: say('runsCode', 'runs a file that is not on the card'),
  noHelp: true,
  check: (call) => {
    const file = call.operands[0];
    if (!file || file.value === null || /^\/(dev|proc)\//.test(file.value))
      return [say('undecidable', 'runs what it gets from elsewhere')];
    return [];
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
    'read mapfile readarray': {
      is: 'nothing',
      namesOnly: true,
      values: '-a -d -i -n -N -p -t -u -C -c -O -s',
      flags: { '-C': 'runsCode' },
      check: (call) =>
        call.operands.some((arg) => arg.value === null || /^(PATH|IFS|LD_|BASH_ENV)|\[/.test(arg.value))
          ? [say('unknown', 'reads into a name that changes what runs')]
          : [],
    },
    'cd pushd popd dirs set shift return exit break continue wait jobs fg bg getopts ulimit umask hash unset disown suspend bind-list history-list':
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
    'enable bind complete': say('unknown', 'changes what the shell itself runs'),
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
    history: { is: 'reads', flags: { '-c -d': 'destroys', '-w -a -n -r -s': 'writes' }, values: '-d' },
    fc: say('undecidable', 'runs a command from the history'),
  },
  examples: {
    'read-only': ['cd /tmp && ls', 'export A=1', 'read -r x < a', "alias l='ls -l'", 'set -e', 'local x=1'],
    changes: ['export PATH=/x', 'source a', 'history -w', "alias l='touch a'", 'enable -n echo'],
    dangerous: ['history -c', 'fc -s', 'hash -p /bin/rm echo', 'export LD_PRELOAD=a'],
  },
};

const ownState = (call: Call): readonly Verdict[] =>
  call.name === 'hash' && call.options.some((o) => o.name === '-p')
    ? [say('undecidable', 'gives a command the name of another')]
    : call.name === 'unset' && call.operands.some((arg) => arg.value === null || arg.value.includes('['))
      ? [say('unknown', 'unsets a name only known when it runs')]
      : [];
