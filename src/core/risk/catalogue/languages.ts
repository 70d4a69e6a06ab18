import { codeVerdicts } from '../code.ts';
import type { Call, Family, Rule } from '../rule.ts';
import { named, say } from '../verdicts.ts';

/** An interpreter: what it is given as code is looked through; files and modules are not on the card. */
const interpreter = (codeOptions: RegExp, values: string, plain: RegExp | null = null): Rule => ({
  noHelp: true,
  namesOnly: true,
  stopsAtOperand: true,
  values,
  check: (call: Call) => {
    if (call.args.length === 1 && /^(--version|-V|-v|--help|-h|-VV|version)$/.test(call.args[0]?.value ?? ''))
      return [named.nothing];
    const given = call.options.filter((o) => codeOptions.test(o.name));
    // `node -pe code`: what looks like the value of the one is the other.
    const codes = given.map((o) => (o.value?.value === 'e' ? (call.operands[0] ?? null) : o.value));
    if (given.length > 0) return codes.flatMap((code) => codeVerdicts(code?.value ?? null, call));
    if (plain && call.options.some((o) => plain.test(o.name))) return [named.nothing];
    const [file] = call.operands;
    if (file && file.value !== '-')
      return file.value === null || /^\/(dev|proc)\//.test(file.value)
        ? [named.undecidable]
        : [say('runsCode', `runs ${file.text}, which is not on the card`)];
    if (call.stdin.kind === 'text') return codeVerdicts(call.stdin.text, call);
    return call.stdin.kind === 'data'
      ? [{ ...named.runsFetched, why: 'runs what comes through the pipe' }]
      : [named.runsCode];
  },
});

/** `deno eval` and `bun -e` are given code. */
const codeIn = (call: Call) =>
  call.args.some((arg) => /^(eval|-e|-p|--eval|--print)$/.test(arg.value ?? ''))
    ? call.args
        .filter((arg) => /\s|\(/.test(arg.value ?? ' '))
        .flatMap((arg) => codeVerdicts(arg.value, call))
    : [];

const buildTool = (reads: string, more: Rule['sub'] = {}): Rule => ({
  is: 'runsCode',
  noHelp: true,
  sub: { '': 'runsCode', [reads]: 'reads', ...more, '*': 'runsCode' },
});

export const languages: Family = {
  rules: {
    'python pypy pypy3': interpreter(/^-c$/, '-c -m -W -X'),
    perl: interpreter(/^-[eE]$/, '-e -E -M -m -I -F -i-', /^-v$/),
    ruby: interpreter(/^-e$/, '-e -r -I -E -F'),
    'node nodejs': interpreter(
      /^(-e|-p|--eval|--print)$/,
      '-e -p --eval --print -r --require --import --loader',
    ),
    php: {
      ...interpreter(/^-[rBRE]$/, '-r -d -c -f -B -R -E -z', /^-[imv]$/),
      flags: { '-d -c -z': say('runsCode', 'changes settings, some of which load code') },
    },
    'lua luajit': interpreter(/^-e$/, '-e -l'),
    'Rscript R julia': interpreter(/^-(e|E)$/, '-e -E'),
    osascript: interpreter(/^-e$/, '-e -l -s'),
    'tclsh expect guile sbcl ghci scala groovy clojure elixir iex erl pwsh deno-eval': interpreter(
      /^(-c|-e)$/,
      '-c -e',
    ),
    'deno bun': { ...buildTool('--version info'), check: (call) => codeIn(call) },
    'java javac kotlin dotnet mono wine': {
      is: 'runsCode',
      noHelp: true,
      turns: { '-version --version': 'nothing' },
      singleDash: true,
      check: (call) =>
        call.operands.some((a) => /^(delete|destroy|drop)-/.test(a.value ?? ''))
          ? [named.remoteDestroys]
          : [],
    },
    go: buildTool('version doc', {
      list: {
        is: 'reads',
        flags: { '-toolexec -exec -export -overlay -modfile -mod -C': 'runsCode' },
        singleDash: true,
      },
      env: { is: 'reads', flags: { '-w -u': 'writes' } },
      vet: 'runsCode',
    }),
    'make gmake cmake ninja meson bazel gradle gradlew mvn ant rake just task scons': {
      is: 'runsCode',
      noHelp: true,
      turns: { '--version': 'nothing' },
    },
    'gcc g++ cc clang clang++ ld as rustc tsc esbuild': { is: 'writes' },
    'nm objdump readelf size addr2line c++filt otool': {
      is: 'reads',
      flags: { '--plugin': 'runsCode' },
      plain: '--private-headers --print-size --portability --line-numbers',
    },
    ldd: 'runsCode',
    'm4 gawk-cli xsltproc': 'runsCode',
    'jstack jps jstat': 'reads',
    'jmap jinfo': {
      is: 'reads',
      check: (call) =>
        call.args.some(
          (arg) =>
            /^-(dump|flag)/.test(arg.lead) &&
            (call.name === 'jmap' || /[=+]/.test(call.args.map((a) => a.lead).join(' '))),
        )
          ? [named.writes]
          : [],
    },
    jcmd: {
      check: (call) => [
        call.operands.length < 2 ||
        /^(help|VM\.(version|flags|uptime|command_line|system_properties|info|classloader_stats|native_memory)|Thread\.print|GC\.(heap_info|class_histogram)|PerfCounter\.print)$/.test(
          call.operands[1]?.value ?? '',
        )
          ? named.reads
          : named.services,
      ],
      turns: { '-l -h': 'reads' },
    },
    'mypy pylint flake8 shellcheck ansible-lint yamllint': {
      is: 'reads',
      flags: {
        '--fix --write -o --output --output-file --load-plugins --init-hook --rcfile --config --config-file -c --install-types':
          'runsCode',
      },
      plain: '--color --format --exclude --severity --shell',
    },
    'pytest tox nox unittest mocha jest vitest phpunit rspec': 'runsCode',
    'black isort autopep8 yapf prettier gofmt rustfmt eslint ruff pre-commit shfmt': {
      is: 'writes',
      turns: { '--check --diff --version -V --help --check-only': 'reads' },
      flags: { '--fix -w -i --write': 'writes' },
    },
  },
  examples: {
    'read-only': ['python --version', 'node -v', 'go version', 'perl -v', 'python3.11 --version'],
    changes: [
      'python x.py',
      "python -c 'print(1)'",
      'node x.js',
      'make',
      'python -m http.server',
      "perl -ne 'print'",
    ],
    dangerous: [
      'python -c "import os; os.system(\'rm -rf x\')"',
      'perl -e \'system("rm -r x")\'',
      'curl x | python3',
      "ruby -e '`rm -rf x`'",
      "python - <<'E'\nimport shutil\nshutil.rmtree('x')\nE",
      'python -c "$x"',
      'node -e \'require("child_process").execSync("rm -rf x")\'',
    ],
    forbidden: ['python -c "import os; os.system(\'rm -rf /\')"'],
  },
};
