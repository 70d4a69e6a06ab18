import { expect, test } from 'vitest';
import { readConfig } from '../../agent/src/config.ts';

const read = (line: string, env: NodeJS.ProcessEnv = {}) => readConfig(line.split(' '), env);

test('a socket, a directory, a name and labels make an agent', () => {
  expect(read('run --socket /tmp/s --data /tmp/d --name db1 --label role=db --label note=a=b')).toEqual({
    ok: true,
    config: {
      dataDir: '/tmp/d',
      address: { socket: '/tmp/s' },
      name: 'db1',
      labels: { role: 'db', note: 'a=b' },
      policy: { path: '/etc/nerdyops/agent-policy.yml', mustExist: false },
    },
  });
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
  'start --socket /tmp/s --data /tmp/d',
  'run --socket /tmp/s',
  'run --data /tmp/d',
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
