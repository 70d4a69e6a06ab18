import { describe, expect, it } from 'vitest';
import { classifyBash } from '../../../src/core/risk/classify-bash.ts';

const riskOf = (script: string): string => classifyBash(script).risk;

describe('a classification', () => {
  it('says for each line what it does, and why', () => {
    const found = classifyBash('df -h\nsudo systemctl restart nginx\n\nrm -rf /srv/old');
    expect(found.lines.map((l) => [l.line, l.risk])).toEqual([
      [1, 'read-only'],
      [2, 'changes'],
      [4, 'dangerous'],
    ]);
    expect(found.lines[1]?.why).toContain('more rights');
    expect(found.effects).toEqual(['deletes', 'escalates', 'reads', 'services']);
    expect(found).toMatchObject({ risk: 'dangerous', irreversible: true, unparsed: false });
  });

  it('of an empty script is read-only', () => {
    expect(classifyBash('# nothing\n')).toMatchObject({ risk: 'read-only', effects: [], lines: [] });
  });

  it('of what Bash would not take is dangerous and unparsed', () => {
    for (const script of ["echo 'a", 'if true; then ls', 'ls )', 'echo $(ls', 'a && && b', 'ls\0'])
      expect([script, classifyBash(script)]).toMatchObject([script, { risk: 'dangerous', unparsed: true }]);
  });

  it('of an expansion, or an end of a here-document, that Bash would read on past is unparsed', () => {
    for (const script of ['echo ${x@P<(}x@P}', 'echo ${x@}', 'cat <<E${ x<< y', 'cat <<E$(ls\nE'])
      expect([script, classifyBash(script)]).toMatchObject([script, { unparsed: true }]);
    expect(riskOf('x=a; echo "${x@Q}"')).toBe('read-only');
  });

  it('of an extended pattern is unparsed where nothing switched such patterns on', () => {
    for (const script of ['ls !(a)', 'go list !(-toolexec .=(/))x', 'echo @(a|b)'])
      expect([script, classifyBash(script)]).toMatchObject([script, { unparsed: true }]);
    for (const script of ['shopt -s extglob\nls !(a)', '[[ $x == @(a|b) ]] && ls'])
      expect([script, classifyBash(script)]).toMatchObject([script, { unparsed: false }]);
  });

  it('does not trust characters that nobody can see', () => {
    expect(riskOf('ls \u202E x')).toBe('changes');
  });
});

describe('what hides', () => {
  const hiding: Readonly<Record<string, string>> = {
    'an option in a variable': 'o=-delete; find . $o',
    'an option in a loop': 'for o in -delete; do find . "$o"; done',
    'an option read from a string': 'read o <<< "-delete"; find . $o',
    'an option in a brace': 'find . {-name,-delete}',
    'an option among positionals': 'set -- -delete; find . "$@"',
    'an option given to a function': 'f() { find . "$1"; }; f -delete',
    'a command in an index': '[[ -v a[$(touch x)] ]]',
    'a command in arithmetic': 'echo $((a[$(touch x)]))',
    'a command in a here-document': 'cat <<E\n$(touch x)\nE',
    'a command in a default': `echo \${x:-$(touch x)}`,
    'a command in backticks in quotes': 'echo "`touch x`"',
    'a command in nested backticks': 'echo `echo \\`touch x\\``',
    'a command in a pattern': 'case x in $(touch y)) ;; esac',
    'a text that arithmetic runs': "x='a[$(touch y)]'; echo $((x))",
    'a program named by a variable': 'PAGER="touch x" man ls',
    'another program of that name': './ls',
    'a function of that name': 'ls() { touch x; }; ls',
    'a coprocess': 'coproc touch x',
    'a process substitution': 'diff <(touch x) /dev/null',
    'a descriptor': 'exec 3>x; echo a >&3',
    'a network file': 'echo a > /dev/tcp/h/80',
    'a continuation': 'to\\\nuch x',
    'a quoted name': `"to"'uch' x`,
    'an ANSI name': "$'\\x74ouch' x",
    'a carriage return': 'ls\r\ntouch x\r',
  };
  for (const [what, script] of Object.entries(hiding)) {
    it(`${what} is not read-only`, () => expect(riskOf(script)).not.toBe('read-only'));
  }
});

describe('ordinary questions', () => {
  const questions = [
    'set -euo pipefail\nfor f in /var/log/*.log; do echo "== $f"; tail -n 5 "$f" | grep -i error || true; done',
    "df -h | awk 'NR>1 && $5+0 > 80 {print $6, $5}'",
    'ps aux --sort=-%mem | head -n 10',
    'if systemctl is-active --quiet nginx; then echo up; else echo down; fi',
    'curl -fsS -m 3 http://127.0.0.1:9090/-/healthy >/dev/null 2>&1 && echo ok',
    'while IFS=: read -r user _ uid _; do [ "$uid" -ge 1000 ] && echo "$user"; done < /etc/passwd',
    "docker ps --format '{{.Names}}' | xargs -n1 docker inspect --format '{{.State.Status}}'",
    'export LC_ALL=C; du -sh /var/* 2>/dev/null | sort -rh | head',
    'total=$(free -m | awk \'/Mem:/ {print $2}\'); echo "$((total / 1024)) GB"',
    'check() { local name=$1; pgrep -x "$name" >/dev/null && echo "$name runs"; }\ncheck nginx; check sshd',
  ];
  for (const script of questions)
    it(`are read-only: ${script.slice(0, 50)}`, () =>
      expect(classifyBash(script)).toMatchObject({ risk: 'read-only' }));
});
