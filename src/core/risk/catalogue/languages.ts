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
    if (given.length > 0) return given.flatMap((o) => codeVerdicts(o.value?.value ?? null, call));
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
    'node nodejs bun-run': interpreter(
      /^(-e|-p|--eval|--print)$/,
      '-e -p --eval --print -r --require --import --loader',
    ),
    php: interpreter(/^-r$/, '-r -d -c -f -B -R -E -z', /^-[imv]$/),
    'lua luajit': interpreter(/^-e$/, '-e -l'),
    'Rscript R julia': interpreter(/^-(e|E)$/, '-e -E'),
    osascript: interpreter(/^-e$/, '-e -l -s'),
    'tclsh expect guile sbcl ghci scala groovy clojure elixir iex erl pwsh deno-eval': interpreter(
      /^(-c|-e)$/,
      '-c -e',
    ),
    'deno bun': buildTool('--version info'),
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
    go: buildTool('version env list doc', {
      env: { is: 'reads', flags: { '-w -u': 'writes' } },
      vet: 'runsCode',
    }),
    'make gmake cmake ninja meson bazel gradle gradlew mvn ant rake just task scons': {
      is: 'runsCode',
      noHelp: true,
      turns: { '--version': 'nothing' },
    },
    'gcc g++ cc clang clang++ ld as rustc tsc esbuild': { is: 'writes' },
    'nm objdump readelf size ldconfig-p addr2line c++filt otool': 'reads',
    ldd: 'runsCode',
    'm4 gawk-cli xsltproc': 'runsCode',
    'jstack jps jstat jinfo jmap jcmd': { is: 'reads', flags: { '-dump --dump': 'writes' } },
    'mypy pylint flake8 shellcheck ansible-lint yamllint': {
      is: 'reads',
      flags: { '--fix --write -o --output --output-file --load-plugins': 'runsCode' },
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
