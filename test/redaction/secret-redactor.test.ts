import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SecretRedactor } from '../../src/redaction/secret-redactor.ts';
import { loadRunbooks } from '../../src/runbooks/load.ts';
import { keyBody, pemLines, tokens } from './samples.ts';

const redactor = new SecretRedactor();
const redact = (text: string): string => redactor.redact(text);

describe('a token that is known by its look', () => {
  it.each(Object.entries(tokens))('%s is masked wherever it stands, with nothing of it left', (_, token) => {
    const redacted = redact(`before ${token} after\n"${token}",\nx=${token}`);
    expect(redacted).not.toContain(token);
    expect(redacted).not.toContain(token.slice(-8));
    expect(redacted).toMatch(/^before \[redacted: [A-Za-z ]+\] after\n"\[redacted: [^\]]+\]",\n/);
  });

  it('says what it was', () => {
    expect(redact(`id ${tokens.aws}.`)).toBe('id [redacted: AWS access key].');
    expect(redact(`see https://hooks.slack.com/services/T01234567/B01234567/${'aB3'.repeat(8)}`)).toBe(
      'see https://hooks.slack.com/services/[redacted: Slack webhook]',
    );
    expect(redact(`https://discord.com/api/webhooks/123456789012/${'x_Y9'.repeat(15)}`)).toBe(
      'https://discord.com/api/webhooks/[redacted: Discord webhook]',
    );
  });
});

describe('a name that says secret', () => {
  it.each([
    ['PASSWORD=hunter2', 'PASSWORD=[redacted: password]'],
    ['export DB_PASSWORD="a b\\"c"; next', 'export DB_PASSWORD=[redacted: password]; next'],
    ["API_TOKEN='x y'", 'API_TOKEN=[redacted: token]'],
    ['GITHUB_SECRET=abc', 'GITHUB_SECRET=[redacted: secret]'],
    ['SECRET_KEY_BASE=1 SECRET_KEY=abcdef', 'SECRET_KEY_BASE=1 SECRET_KEY=[redacted: key]'],
    [`ENCRYPTION_KEY=${'0a1b'.repeat(8)}`, 'ENCRYPTION_KEY=[redacted: key]'],
    [`MY_KEY=${'Zq9x'.repeat(6)}`, 'MY_KEY=[redacted: key]'],
    ['password: hunter2', 'password: [redacted: password]'],
    ['  - db_password: "x y"', '  - db_password: [redacted: password]'],
    ['{"password":"pa,ss","user":"ada"}', '{"password":[redacted: password],"user":"ada"}'],
    ['{\\"token\\":\\"abc def\\",\\"n\\":1}', '{\\"token\\":[redacted: token]\\",\\"n\\":1}'],
    [
      'A temporary password is generated for root@localhost: x',
      'A temporary password is generated for root@localhost: x',
    ],
    ['temporary password: kd;s8fj3', 'temporary password: [redacted: password]'],
    [
      'Server=db;User Id=sa;Password=p@ss;Encrypt=true',
      'Server=db;User Id=sa;Password=[redacted: password];Encrypt=true',
    ],
    ['AccountKey=abc/def+ghi==;Suffix=core', 'AccountKey=[redacted: key];Suffix=core'],
    ['PrivateKey = aGVsbG8gd29ybGQ=', 'PrivateKey = [redacted: key]'],
    ['psk="geheim"', 'psk=[redacted: password]'],
    ['//packages.example.com/:_authToken=abc', '//packages.example.com/:_authToken=[redacted: token]'],
    ['"auth": "dXNlcjpwYXNz"', '"auth": "[redacted: credentials]"'],
    ["CREATE USER x IDENTIFIED BY 'geheim';", 'CREATE USER x IDENTIFIED BY [redacted: password];'],
    ["ALTER USER x WITH PASSWORD 'geheim';", 'ALTER USER x WITH PASSWORD [redacted: password];'],
    ['machine h login ada password geheim', 'machine h login ada password [redacted: password]'],
    ['requirepass geheim', 'requirepass [redacted: password]'],
    ['db.internal:5432:shop:ada:geheim', 'db.internal:5432:shop:ada:[redacted: password]'],
    ['\u001b[01;31mPASSWORD\u001b[m=geheim', '\u001b[01;31mPASSWORD\u001b[m=[redacted: password]'],
    ['SMTP_PASS: geheim', 'SMTP_PASS: [redacted: password]'],
    ['<dbPassword>geheim</dbPassword>', '<dbPassword>[redacted: password]</dbPassword>'],
    ['<add key="Password" value="geheim" />', '<add key="Password" value="[redacted: password]" />'],
    ['{"Name":"API_TOKEN","Value":"geheim"}', '{"Name":"API_TOKEN","Value":"[redacted: secret]"}'],
    ["define('DB_PASSWORD', 'geheim');", "define('DB_PASSWORD', '[redacted: password]');"],
    ['echo "root:geheim" | sudo chpasswd', 'echo "root:[redacted: password]" | sudo chpasswd'],
    ['PASSWORD=schön', 'PASSWORD=[redacted: password]'],
    ['비밀번호 password=비밀 끝', '비밀번호 password=[redacted: password] 끝'],
  ])('%s', (text, redacted) => expect(redact(text)).toBe(redacted));

  it.each([
    'PASSWORD=',
    'PASSWORD=$1',
    'PASSWORD="${DB_PASSWORD}"',
    'TOKEN=$(cat /run/token)',
    'TOKEN=`cat x`',
    'PASSWORD=/run/secrets/db',
    'PASSWORD=********',
    'PASSWORD=true',
    'TOKEN_TTL=24h',
    'token: 1024 bytes',
    '$password = Read-Host -AsSecureString',
    "password = os.environ['X']",
    'password = getpass.getpass()',
    "sed 's/password=.*/password=/'",
    'password: {{ vault_password }}',
    'password: <your password>',
    'KEY=value',
    'cache_key=list_of_users',
    'PASSWORD=%DB_PASSWORD%',
  ])('%s says nothing', (text) => expect(redact(text)).toBe(text));
});

describe('a secret on its way', () => {
  it.each([
    ['postgres://bob:s3cr3t@db:5432/x', 'postgres://bob:[redacted: password]@db:5432/x'],
    ['redis://:p@ss@h:6379', 'redis://:[redacted: password]@h:6379'],
    [`https://${'Zq9x'.repeat(6)}@github.com/a`, 'https://[redacted: token]@github.com/a'],
    ['/cb?token=abc&x=1', '/cb?token=[redacted: token]&x=1'],
    ['?X-Amz-Signature=abcdef&X-Amz-Date=2', '?X-Amz-Signature=[redacted: token]&X-Amz-Date=2'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [redacted: credentials]'],
    ["-H 'Authorization: Basic dXNlcg=='", "-H 'Authorization: Basic [redacted: credentials]'"],
    ['X-Api-Key: abc', 'X-Api-Key: [redacted: key]'],
    ['Cookie: sid=abc; b=c', 'Cookie: [redacted: cookies]'],
    [`got bearer ${'aB3-'.repeat(6)}`, 'got bearer [redacted: token]'],
  ])('%s', (text, redacted) => expect(redact(text)).toBe(redacted));
});

describe('a secret in a command line', () => {
  it.each([
    ['app --password hunter2 --x', 'app --password [redacted: password] --x'],
    ['app --db-password=hunter2', 'app --db-password=[redacted: password]'],
    ['mysql -uroot -phunter2 shop', 'mysql -uroot -p[redacted: password] shop'],
    ["mysqldump -u root -p'a b' shop", 'mysqldump -u root -p[redacted: password] shop'],
    ['sshpass -p geheim ssh h', 'sshpass -p [redacted: password] ssh h'],
    ['redis-cli -h h -a geheim ping', 'redis-cli -h h -a [redacted: password] ping'],
    ['curl -u ada:geheim https://h', 'curl -u ada:[redacted: password] https://h'],
    ['openssl rsa -passin pass:geheim', 'openssl rsa -passin pass:[redacted: password]'],
    ['docker login -u ada -p geheim', 'docker login -u ada -p [redacted: password]'],
  ])('%s', (text, redacted) => expect(redact(text)).toBe(redacted));
});

describe('a private key', () => {
  const masked = '[redacted: private key]';

  it.each([
    'RSA PRIVATE KEY',
    'PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'EC PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ])('%s becomes one line, and what stands around it stays', (kind) =>
    expect(redact(`before\n${pemLines(kind).join('\n')}\nafter\n`)).toBe(`before\n${masked}\nafter\n`),
  );

  it('is found with Windows line ends, indented, quoted by a log, and in one line', () => {
    expect(redact(`a\r\n${pemLines().join('\r\n')}\r\nb\r\n`)).toBe(`a\r\n${masked}\r\nb\r\n`);
    expect(
      redact(
        `k: |\n${pemLines()
          .map((l) => `  ${l}`)
          .join('\n')}\nx: 1\n`,
      ),
    ).toBe(`k: |\n  ${masked}\nx: 1\n`);
    const logged = redact(
      pemLines()
        .map((l) => `Nov 21 06:32:26 web7 app[7]: ${l}`)
        .join('\n'),
    );
    for (const body of keyBody) expect(logged).not.toContain(body);
    expect(redact(`{"private_key": "${pemLines().join('\\n')}\\n", "x": 1}`)).toBe(
      `{"private_key": "${masked}\\n", "x": 1}`,
    );
  });

  it('without its end goes on as long as lines look like a key', () => {
    expect(redact(`${pemLines().slice(0, 3).join('\n')}\nall is well\nhello\n`)).toBe(
      `${masked}\nall is well\nhello\n`,
    );
  });

  it('without its beginning is known by its end', () => {
    expect(redact(`x y\n${pemLines().slice(2).join('\n')}\nafter\n`)).toBe(`x y\n${masked}\nafter\n`);
  });

  it('is found again after a line that another program wrote into it', () => {
    const lines = pemLines();
    const redacted = redact([...lines.slice(0, 2), 'job 7 is done', ...lines.slice(2)].join('\n'));
    expect(redacted).toContain('job 7 is done');
    for (const body of keyBody) expect(redacted).not.toContain(body);
  });

  it('of PuTTY is found by its count of lines', () => {
    const file = [
      'PuTTY-User-Key-File-2: ssh-rsa',
      'Private-Lines: 3',
      ...keyBody.slice(0, 3),
      'Private-MAC: 0a1b',
      'x',
    ];
    expect(redact(file.join('\n'))).toBe(`PuTTY-User-Key-File-2: ssh-rsa\n${masked}\nx`);
  });
});

describe('ordinary output', () => {
  it('stays as it is', () => {
    const text = readFileSync(join(import.meta.dirname, 'fixtures/ordinary.txt'), 'utf8');
    expect(redact(text)).toBe(text);
  });

  it('and so do the scripts and words of every runbook', async () => {
    const runbooks = await loadRunbooks(join(import.meta.dirname, '../../runbooks'));
    expect(runbooks.length).toBeGreaterThan(40);
    const texts = runbooks.flatMap((r) => [...Object.values(r.scripts), ...Object.values(r.examples).flat()]);
    for (const text of texts.map((t) => JSON.stringify(t))) expect(redact(text)).toBe(text);
  });
});

describe('text', () => {
  it('that was redacted is not redacted again', () => {
    const secrets = [
      ...Object.values(tokens).map((t) => `PASSWORD=${t} https://a:${t}@h Cookie: a=${t}`),
      ...pemLines(),
    ];
    const once = redact(secrets.join('\n'));
    expect(redact(once)).toBe(once);
  });

  it('of a comment can not switch the search off', () => {
    expect(redact(`secretlint-disable\n${tokens.github}`)).not.toContain(tokens.github);
  });

  it('that must not be changed gives the lines of its secrets, and nothing of them', () => {
    const script = `#!/bin/bash\nexport PASSWORD=hunter2\ncurl -H 'Authorization: Bearer abc.def' h\n${pemLines().join('\n')}\n`;
    expect(redactor.find(script)).toEqual([
      { line: 2, what: 'password' },
      { line: 3, what: 'credentials' },
      { line: 4, what: 'private key' },
    ]);
  });
});
