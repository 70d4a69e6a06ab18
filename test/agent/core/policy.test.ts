import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judge, objectionOf, type PolicyQuestion } from '../../../agent/src/core/policy.ts';
import { readPolicy } from '../../../agent/src/core/policy-file.ts';

const policyOf = (text: string) => {
  const read = readPolicy(text);
  if (!read.ok) throw new Error(read.problem);
  return read.policy;
};

const ask = (script: string, over: Partial<PolicyQuestion> = {}): PolicyQuestion => ({
  interpreter: 'bash',
  script,
  user: 'ops',
  decisions: [{ by: 'web:ada', at: 0, rule: 'solo' }],
  ...over,
});

const objection = (policy: string, script: string, over: Partial<PolicyQuestion> = {}): string | null =>
  objectionOf(judge(policyOf(policy), ask(script, over)));

const deny = (conditions: string) => `rules: [{ deny: a rule, reason: because, ${conditions} }]`;
const allow = (conditions: string) =>
  `mode: read-only\nrules: [{ allow: a rule, reason: because, ${conditions} }]`;
const refused = 'rule "a rule": because';

describe('read-only mode', () => {
  test('lets through what only reads, and says of the rest which line is more', () => {
    expect(objection('mode: read-only', 'df -h\nfree -m\n')).toBeNull();
    expect(objection('mode: read-only', 'df -h\nsystemctl restart nginx\n')).toMatch(
      /only scripts that read.*line 2/,
    );
  });

  test('lets nothing through that can not be read', () => {
    expect(objection('mode: read-only', "echo 'a")).toMatch(/dangerous/);
    expect(objection('mode: read-only', '$(cat x)')).not.toBeNull();
  });
});

describe('a deny', () => {
  test.each([
    'reboot',
    'sudo reboot',
    '/sbin/reboot',
    'sh -c "sleep 5; reboot"',
    'echo | xargs reboot',
    'x=reboot; $x',
    '(timeout 5 reboot) &',
    'echo "$(reboot)"',
    'f() { reboot; }; f',
    'eval "$what"',
    "echo 'a",
  ])('by commands finds it in %s', (script) => {
    expect(objection(deny('commands: [reboot]'), script)).toBe(refused);
  });

  test.each(['echo reboot', 'grep reboot /var/log/syslog', 'uptime # reboot', 'last reboot'])(
    'by commands does not take %s for it',
    (script) => {
      expect(objection(deny('commands: [reboot]'), script)).toBeNull();
    },
  );

  test.each([
    ['systemctl stop nginx', true],
    ['systemctl --now stop nginx', true],
    ['systemctl -H db2 stop nginx', true],
    ['systemctl "$verb" nginx', true],
    ['systemctl restart "$unit"', false],
    ['systemctl status stop.service', false],
  ])('by a command and its words: %s, %s', (script, isRefused) => {
    expect(objection(deny('commands: [systemctl stop]'), script)).toBe(isRefused ? refused : null);
  });

  test.each([
    ['cat /srv/ledger/may', true],
    ['cat /srv/./x/../ledger', true],
    ['cat /srv/led*/may', true],
    ['cat /srv/{ledger,other}', true],
    ['cd /srv && cat ledger/may', true],
    ['dd if=/srv/ledger/may of=/dev/null', true],
    ['grep -f/srv/ledger/may x', true],
    ['sort </srv/ledger/may', true],
    ['echo x >>/srv/ledger/may', true],
    ['cat "/srv/$name"', true],
    ['d=/srv/ledger; ls "$d"', true],
    ['rm -rf /srv', true],
    ['ls /srv', false],
    ['cat /srv/ledgers', false],
    ['df -h /', false],
    ['cat "$file"', false],
  ])('by paths: %s, %s', (script, isRefused) => {
    expect(objection(deny('paths: [/srv/ledger]'), script)).toBe(isRefused ? refused : null);
  });

  test('by paths with patterns', () => {
    const policy = deny("paths: ['/home/*/.ssh/**', '/var/backups/led?er-*']");
    expect(objection(policy, 'ls /home/ada/.ssh/id')).toBe(refused);
    expect(objection(policy, 'ls /var/backups/ledger-1')).toBe(refused);
    expect(objection(policy, 'ls /home/ada/x/.ssh/id')).toBeNull();
  });

  test('by risk, effects, user and interpreter', () => {
    expect(objection(deny('risk: changes'), 'systemctl restart nginx')).toBe(refused);
    expect(objection(deny('risk: dangerous'), 'systemctl restart nginx')).toBeNull();
    expect(objection(deny('effects: [network-out]'), 'curl https://x.example')).toBe(refused);
    expect(objection(deny('effects: [network-out]'), 'uptime')).toBeNull();
    expect(objection(deny('users: [root]'), 'uptime', { user: 'root' })).toBe(refused);
    expect(objection(deny('users: [root]'), 'uptime')).toBeNull();
    expect(objection(deny('interpreter: powershell'), 'Get-Date', { interpreter: 'powershell' })).toBe(
      refused,
    );
    expect(objection(deny('interpreter: powershell'), 'date')).toBeNull();
  });

  test('needs all its conditions', () => {
    const policy = deny('commands: [systemctl], risk: changes');
    expect(objection(policy, 'systemctl status nginx')).toBeNull();
    expect(objection(policy, 'systemctl restart nginx')).toBe(refused);
  });

  test('by commands fits every PowerShell script, unless it is for Bash', () => {
    const powershell = { interpreter: 'powershell' } as const;
    expect(objection(deny('commands: [reboot]'), 'Get-Date', powershell)).toBe(refused);
    expect(objection(deny('commands: [reboot], interpreter: bash'), 'Get-Date', powershell)).toBeNull();
  });
});

describe('an allow', () => {
  test.each([
    'systemctl restart nginx > /etc/cron.d/x',
    'systemctl restart nginx >> "$log"',
    'systemctl restart nginx > /dev/tcp/h/1',
    'LD_PRELOAD=/tmp/x.so systemctl restart nginx',
    'PATH=/tmp; systemctl restart nginx',
    '/tmp/systemctl restart nginx',
    './systemctl restart nginx',
    'systemctl restart nginx $(systemctl status > /etc/x)',
  ])('by commands takes nothing that does more than they: %s', (script) => {
    const policy = allow('commands: [systemctl restart nginx, systemctl status]');
    expect(objection(policy, script)).not.toBeNull();
  });

  test.each([
    'systemctl restart nginx > /dev/null 2>&1',
    '/usr/bin/systemctl restart nginx',
    'LANG=C systemctl restart nginx',
  ])('by commands takes %s', (script) =>
    expect(objection(allow('commands: [systemctl restart nginx]'), script)).toBeNull(),
  );

  test('by commands and paths takes a redirection to one of these', () => {
    const policy = allow('commands: [echo], paths: [/srv/app]');
    expect(objection(policy, 'echo x > /srv/app/flag')).toBeNull();
    expect(objection(policy, 'echo x > /srv/other')).not.toBeNull();
  });

  test.each([
    ['systemctl restart nginx', true],
    ['systemctl restart nginx; rm -rf /srv', false],
    ['systemctl restart nginx "$more"', true],
    ['systemctl restart "$unit"', false],
    ['systemctl --now restart nginx', false],
    ['sudo systemctl restart nginx', false],
    ['systemctl restart nginx; eval "$x"', false],
    ['systemctl restart nginx; $x', false],
  ])('by commands takes only what surely is one of them: %s, %s', (script, isAllowed) => {
    const verdict = objection(allow('commands: [systemctl restart nginx]'), script);
    expect(verdict === null).toBe(isAllowed);
  });

  test.each([
    ['rm -r /srv/cache/a', true],
    ['rm -r /srv/cache/../other', false],
    ['rm -r /srv/cache/* /etc', false],
    ['rm -r "/srv/cache/$x"', false],
    ['rm -r /srv', false],
  ])('by paths takes only what surely stays within: %s, %s', (script, isAllowed) => {
    expect(objection(allow('paths: [/srv/cache], effects: [deletes]'), script) === null).toBe(isAllowed);
  });

  test('stands before what comes after it, and not before what came', () => {
    const rules = (first: string, second: string) => `rules:\n  - ${first}\n  - ${second}`;
    const may = '{ allow: may, reason: x, commands: [reboot] }';
    const not = '{ deny: not, reason: no, commands: [reboot] }';
    expect(objection(rules(may, not), 'reboot')).toBeNull();
    expect(objection(rules(not, may), 'reboot')).toBe('rule "not": no');
  });
});

test('a require wants so many different people, and then asks the next rules', () => {
  const policy = 'rules: [{ require: two, reason: two people, approvers: 2, risk: dangerous }]';
  const by = (...names: string[]) => ({ decisions: names.map((n) => ({ by: n, at: 0, rule: 'r' })) });
  expect(objection(policy, 'shutdown now', by('a'))).toBe('rule "two": two people');
  expect(objection(policy, 'shutdown now', by('a', 'a'))).toBe('rule "two": two people');
  expect(objection(policy, 'shutdown now', by('a', 'b'))).toBeNull();
  expect(objection(policy, 'shutdown now', by('a', 'policy:auto'))).toBe('rule "two": two people');
  expect(objection(policy, 'uptime', by('a'))).toBeNull();
});

describe('a policy file', () => {
  test.each([
    ['mode: open', /`mode` must be one of read-only, approved/],
    ['rule: []', /"rule", which is not one of/],
    ['- a', /must hold `mode:` and `rules:`/],
    ['rules: {}', /`rules` must be a list/],
    ['rules: [{ deny: x, reason: y }]', /fit every script/],
    ['rules: [{ deny: x, risk: dangerous }]', /needs a `reason`/],
    ['rules: [{ deny: x, allow: x, reason: y, risk: changes }]', /exactly one of/],
    ['rules: [{ deny: x, reason: y, regex: rm }]', /"regex", which is not one of/],
    ['rules: [{ deny: x, reason: y, risk: high }]', /must be one of read-only, changes/],
    ['rules: [{ deny: x, reason: y, commands: ["rm.*|dd"] }]', /patterns are not taken/],
    ['rules: [{ deny: x, reason: y, commands: rm }]', /must be a list of texts/],
    ['rules: [{ deny: x, reason: y, paths: [etc] }]', /must begin with/],
    ['rules: [{ deny: x, reason: y, paths: [/a/../b] }]', /must begin with/],
    ['rules: [{ require: x, reason: y }]', /needs `approvers`/],
    ['rules: [{ deny: x, reason: y, risk: changes }, { deny: x, reason: z, risk: changes }]', /two rules/],
    ['mode: approved\nmode: read-only', /not YAML/],
    ['a: &a [x]\nb: *a', /./],
    ['', /must hold/],
  ])('with a mistake says which: %s', (text, problem) => {
    const read = readPolicy(text);
    expect(read.ok ? '' : read.problem).toMatch(problem);
  });

  test('is read as docs/agent-policy.md shows it', () => {
    const page = readFileSync(new URL('../../../docs/agent-policy.md', import.meta.url), 'utf8');
    const text = /```yaml\n([^`]*)```/.exec(page)?.[1] ?? '';
    expect(policyOf(text).rules.map(({ kind }) => kind)).toEqual([
      'require',
      'deny',
      'deny',
      'allow',
      'deny',
    ]);
    expect(objection(text, 'uptime')).toBeNull();
    expect(objection(text, 'sudo systemctl reboot')).toMatch(/two people/);
    expect(objection(text, 'cat /srv/ledger/may')).toMatch(/ledger/);
    expect(objection(text, 'systemctl restart nginx')).toBeNull();
    expect(objection(text, 'curl https://x.example')).toMatch(/nothing leaves/);
  });
});
