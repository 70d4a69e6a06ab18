import { expect, test } from 'vitest';
import { readConfig, readJoin, readPlace } from '../../agent/src/config.ts';

const read = (line: string, env: NodeJS.ProcessEnv = {}) => readConfig(line.split(' ').slice(1), env);

test('a socket, a directory, a name and labels make an agent', () => {
  expect(read('run --socket /tmp/s --data /tmp/d --name db1 --label role=db --label note=a=b')).toEqual({
    ok: true,
    config: {
      dataDir: '/tmp/d',
      address: { socket: '/tmp/s' },
      name: 'db1',
      labels: { role: 'db', note: 'a=b' },
      policy: { path: '/etc/nerdyops/agent-policy.yml', mustExist: false },
      runAs: null,
    },
  });
});

test('without a socket it is the server that this machine has joined', () => {
  expect(read('run --data /tmp/d')).toMatchObject({ ok: true, config: { dataDir: '/tmp/d', address: null } });
  expect(read('run', { NERDY_AGENT_DATA: '/tmp/e' })).toMatchObject({ config: { dataDir: '/tmp/e' } });
});

test('joining takes one token, a directory and a name', () => {
  expect(readJoin(['nerdy-join_x', '--data', '/tmp/d', '--name', 'db1', '--again'], {})).toEqual({
    ok: true,
    options: { token: 'nerdy-join_x', dataDir: '/tmp/d', name: 'db1', again: true },
  });
  expect(readJoin([], {})).toMatchObject({ ok: false, sentence: expect.stringContaining('one token') });
  expect(readJoin(['a', 'b'], {})).toMatchObject({ ok: false });
});

test('each command has its own options', () => {
  expect(readPlace('status', ['--data', '/tmp/d', '--json'], {})).toEqual({
    ok: true,
    options: { dataDir: '/tmp/d', json: true, force: false },
  });
  expect(readPlace('status', ['--force'], {})).toMatchObject({ ok: false });
  expect(readPlace('leave', ['--json'], {})).toMatchObject({ ok: false });
});

test('a policy file that is named must be there', () => {
  const env = { NERDY_AGENT_POLICY: '/srv/policy.yml' };
  expect(read('run --socket /tmp/s --data /tmp/d', env)).toMatchObject({
    config: { policy: { path: '/srv/policy.yml', mustExist: true } },
  });
});

test('a local port needs a token', () => {
  const line = 'run --gateway 127.0.0.1:7000 --data /tmp/d';
  expect(read(line, { NERDY_AGENT_TOKEN: 't' })).toMatchObject({
    config: { address: { hostPort: '127.0.0.1:7000', token: 't' } },
  });
  expect(read(line)).toMatchObject({ ok: false });
});

test.each([
  'run now --socket /tmp/s --data /tmp/d',
  'run --socket /tmp/s',
  'run --data /tmp/d --name db1',
  'run --data /tmp/d --gateway 10.0.0.1:7000',
  'run --socket /tmp/s --data /tmp/d --label role',
  'run --socket /tmp/s --data /tmp/d --frobnicate',
  `run --data /tmp/d --socket /${'x'.repeat(200)}`,
])('%s is answered with a sentence', (line) => {
  expect(read(line, { NERDY_AGENT_TOKEN: 't' })).toMatchObject({
    ok: false,
    sentence: expect.stringMatching(/\. ?/),
  });
});

test('the user that scripts run as is a name, and no option of another program', () => {
  expect(read('run --socket /tmp/s --data /tmp/d --run-as nerdyops-run')).toMatchObject({
    config: { runAs: 'nerdyops-run' },
  });
  expect(read('run --socket /tmp/s --data /tmp/d --run-as=--shell')).toMatchObject({ ok: false });
});
