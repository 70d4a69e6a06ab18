import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentOf } from './fake-desk.ts';
import { type Harness, startConsole } from './harness.ts';
import { type Answered, form, send } from './http.ts';
import { keyOf, openKey, ownHeaders, type Signed, signIn } from './sign-in.ts';
import { openStream } from './stream.ts';

let harness: Harness;
let signed: Signed;
let task: number;

beforeEach(async () => {
  harness = await startConsole({ allowedHosts: ['nerdy.example.com'] });
  harness.desk.agentList = [agentOf('db1')];
  signed = await signIn(harness);
  await post('/console/ask', { request: 'check memory on db1' });
  task = [...harness.desk.rows.keys()][0] ?? 0;
  harness.desk.propose(task, { texts: [{ text: 'free -m', platforms: ['linux'] }], on: ['db1'] });
});
afterEach(() => harness.stop());

const post = (
  path: string,
  fields: Record<string, string>,
  changes: Record<string, string | undefined> = {},
): Promise<Answered> => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...ownHeaders(harness, signed), ...changes })) {
    if (value !== undefined) headers[name] = value;
  }
  return send(harness.port, 'POST', path, headers, form(fields));
};

const approveFields = async (): Promise<Record<string, string>> => {
  const card = await harness.desk.card(task);
  return {
    proposal: String(card?.proposal?.revision),
    digest: card?.proposal?.digest ?? '',
    canary: 'no',
  };
};
const stateOf = (): string | undefined => harness.desk.rows.get(task)?.task.state;

describe('approving', () => {
  const approve = async (changes: Record<string, string | undefined>): Promise<Answered> =>
    post(`/console/tasks/${task}/approve`, await approveFields(), changes);

  test('works from the console’s own page', async () => {
    expect((await approve({})).status).toBe(200);
    expect(stateOf()).toBe('running');
  });

  test('works for a program that sends cookie and token and no headers of a browser', async () => {
    expect((await approve({ origin: undefined, 'sec-fetch-site': undefined })).status).toBe(200);
  });

  test.each([
    ['another site’s page', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    [
      'another site’s page in a browser without Sec-Fetch',
      { origin: 'https://evil.example', 'sec-fetch-site': undefined },
    ],
    [
      'a page on another port of this machine',
      { origin: 'http://127.0.0.1:9999', 'sec-fetch-site': 'same-site' },
    ],
    ['a page on another port that hides its origin', { origin: undefined, 'sec-fetch-site': 'same-site' }],
    ['a sandboxed frame or a file', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a nonsense origin', { origin: '::', 'sec-fetch-site': undefined }],
    ['an address typed by hand', { origin: undefined, 'sec-fetch-site': 'none' }],
    ['the other local name of this machine', { origin: 'http://localhost', 'sec-fetch-site': undefined }],
  ])('is refused to %s, token or not', async (_who, changes) => {
    const answer = await approve(changes);
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('came from another site');
    expect(stateOf()).toBe('proposed');
  });

  test.each([
    ['a name that was pointed here (DNS rebinding)', (port: number) => `evil.example:${port}`],
    ['the right name on another port', () => '127.0.0.1:1'],
    ['no port', () => '127.0.0.1'],
    ['a local name with something before it', (port: number) => `x.localhost:${port}`],
    ['a name with credentials', (port: number) => `evil@127.0.0.1:${port}`],
    ['the address of every interface', (port: number) => `0.0.0.0:${port}`],
  ])('is refused under %s', async (_what, hostOf) => {
    const host = hostOf(harness.port);
    const answer = await approve({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' });
    expect(answer.status).toBe(403);
    expect(stateOf()).toBe('proposed');
  });

  test('is refused without the write token, in words that say what to do', async () => {
    for (const token of [undefined, '', 'x'.repeat(43), signed.cookie.split('=')[1]]) {
      const answer = await approve({ 'x-nerdy-write': token });
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('This tab may look but not act');
    }
    expect(stateOf()).toBe('proposed');
  });

  test('is refused with the token of another session', async () => {
    const other = await signIn(harness);
    expect((await approve({ 'x-nerdy-write': other.write })).status).toBe(403);
    expect(stateOf()).toBe('proposed');
  });

  test('is refused without a session, token or not', async () => {
    for (const cookie of [undefined, '', 'a=b', signed.cookie.replace(/.$/, '')]) {
      expect((await approve({ cookie })).status).toBe(401);
    }
    expect(stateOf()).toBe('proposed');
  });

  test('is refused for another digest, and the task stays as it is', async () => {
    const fields = { ...(await approveFields()), digest: 'f'.repeat(64) };
    const answer = await post(`/console/tasks/${task}/approve`, fields);
    expect(answer.status).toBe(409);
    expect(answer.body).toContain('data-code="card_outdated"');
    expect(stateOf()).toBe('proposed');
  });

  test('is no GET, and needs a form that can be read', async () => {
    const path = `/console/tasks/${task}/approve`;
    expect((await send(harness.port, 'GET', path, ownHeaders(harness, signed))).status).toBe(404);
    expect((await post(path, { digest: 'zz' })).status).toBe(409);
    const text = await send(
      harness.port,
      'POST',
      path,
      { ...ownHeaders(harness, signed), 'content-type': 'text/plain' },
      'x',
    );
    expect(text.status).toBeGreaterThanOrEqual(400);
    expect(stateOf()).toBe('proposed');
  });
});

test('every other write is guarded as approving is', async () => {
  for (const path of [
    'ask',
    ...['reject', 'edit', 'choose', 'cancel', 'continue', 'stop'].map((v) => `tasks/${task}/${v}`),
  ]) {
    const answers = await Promise.all([
      post(`/console/${path}`, { request: 'x' }, { 'x-nerdy-write': undefined }),
      post(`/console/${path}`, { request: 'x' }, { cookie: undefined }),
      post(`/console/${path}`, { request: 'x' }, { origin: 'https://evil.example' }),
      post(`/console/${path}`, { request: 'x' }, { 'sec-fetch-site': 'same-site' }),
      post(`/console/${path}`, { request: 'x' }, { host: 'evil.example' }),
    ]);
    expect(answers.map((a) => a.status)).toEqual([403, 401, 403, 403, 403]);
  }
  expect(harness.desk.acts.map((a) => a.verb)).toEqual(['ask']);
});

test('a page that does not preflight can not ask either: its forms carry no token', async () => {
  // What a cross-site <form> can send: no header of its own choice, and no Strict cookie.
  const answer = await send(
    harness.port,
    'POST',
    '/console/ask',
    { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
    form({ request: 'reboot all' }),
  );
  expect(answer.status).toBe(403);
  expect(answer.headers['access-control-allow-origin']).toBeUndefined();
});

describe('the session’s cookie', () => {
  test('is HttpOnly, Strict, for every path, and named by the port', async () => {
    const answer = await openKey(harness, keyOf(harness.sessions.create(harness.base)));
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toContain(`nerdy-console-${harness.port}=`);
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=']) expect(cookie).toContain(part);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('is not given to another site, even with a good link', async () => {
    const key = keyOf(harness.sessions.create(harness.base));
    expect((await openKey(harness, key, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await openKey(harness, key, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await openKey(harness, key, { host: 'evil.example' })).status).toBe(403);
    expect((await openKey(harness, key)).status).toBe(200);
  });

  test('is not given for a used link, a wrong one, or no link at all', async () => {
    const key = keyOf(harness.sessions.create(harness.base));
    await openKey(harness, key);
    for (const bad of [key, 'nonsense', '']) {
      const answer = await openKey(harness, bad);
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.body).error.code).toBe('link_used');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });
});

describe('looking', () => {
  test('needs a session: without one the page says how to get in and shows nothing else', async () => {
    const answer = await send(harness.port, 'GET', '/');
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('npx nerdy console');
    expect(answer.body).not.toContain('check memory');
    expect(answer.body).not.toContain('db1');
  });

  test('needs a session everywhere else too', async () => {
    for (const path of [
      '/console/live',
      '/console/earlier?before=9',
      `/console/threads/${task}`,
      `/console/tasks/${task}/runs/abc/output`,
      `/console/tasks/${task}/runs/abc/stdout.txt`,
    ]) {
      const answer = await send(harness.port, 'GET', path);
      expect(answer.status).toBe(401);
      expect(answer.body).not.toContain('check memory');
    }
  });

  test('under another name is refused, files and all', async () => {
    const page = await send(harness.port, 'GET', '/', { cookie: signed.cookie });
    const script = /src="([^"]+console\.js)"/.exec(page.body)?.[1] ?? '';
    expect((await send(harness.port, 'GET', script)).status).toBe(200);
    for (const path of ['/', script, '/console/live', '/session']) {
      const answer = await send(harness.port, 'GET', path, { host: 'evil.example', cookie: signed.cookie });
      expect([403, 404]).toContain(answer.status);
      expect(answer.body).not.toContain('check memory');
    }
  });

  test('is allowed under every local name and the configured one', async () => {
    for (const host of [
      `localhost:${harness.port}`,
      `[::1]:${harness.port}`,
      'nerdy.example.com',
      `nerdy.example.com:${harness.port}`,
      'NERDY.example.com',
    ]) {
      const answer = await send(harness.port, 'GET', '/', { host, cookie: signed.cookie });
      expect(answer.body).toContain('check memory on db1');
    }
  });

  test('live is refused to another site and to other ports', async () => {
    const of = (headers: Record<string, string>) =>
      send(harness.port, 'GET', '/console/live', { cookie: signed.cookie, ...headers });
    expect((await of({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await of({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await of({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const stream = await openStream(harness, { cookie: signed.cookie, 'sec-fetch-site': 'same-origin' });
    expect(stream.answer.statusCode).toBe(200);
    stream.close();
  });
});

test('every answer carries the policy that keeps foreign scripts, frames and styles out', async () => {
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  const stream = await openStream(harness, { cookie: signed.cookie });
  const answers = [
    await send(harness.port, 'GET', '/'),
    await send(harness.port, 'GET', '/', { cookie: signed.cookie }),
    await send(harness.port, 'GET', '/', { host: 'evil.example' }),
    await post('/console/ask', { request: '' }),
    { headers: stream.answer.headers },
  ];
  stream.close();
  for (const { headers } of answers) {
    expect(headers['content-security-policy']).toBe(policy);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['x-frame-options']).toBe('DENY');
  }
});

test('the page asks for nothing that its policy forbids', async () => {
  const { body } = await send(harness.port, 'GET', '/', { cookie: signed.cookie });
  expect(body).not.toMatch(/\sstyle="/);
  expect(body).not.toMatch(/\son[a-z]+="/);
  expect(body).not.toMatch(/<script(?![^>]*\ssrc="\/console\/assets\/)/);
  expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});

describe('output as text', () => {
  test('is plain text, not sniffed, whole, and as the machine wrote it', async () => {
    await post(`/console/tasks/${task}/approve`, await approveFields());
    const nasty = `<script>alert(1)</script>\n\u001b[31mred\u001b[0m\n${'x'.repeat(300_000)}\n`;
    harness.desk.write(task, 'db1', 'stdout', nasty);
    const { id } = harness.desk.runOn(task, 'db1');
    const answer = await send(harness.port, 'GET', `/console/tasks/${task}/runs/${id}/stdout.txt`, {
      cookie: signed.cookie,
    });
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-disposition']).toContain(`task-${task}-stdout.txt`);
    expect(answer.body).toBe(nasty);
  });

  test('says where its middle was left out', async () => {
    await post(`/console/tasks/${task}/approve`, await approveFields());
    harness.desk.write(task, 'db1', 'stderr', 'headtail', 4);
    const { id } = harness.desk.runOn(task, 'db1');
    const path = `/console/tasks/${task}/runs/${id}/stderr.txt`;
    const { body } = await send(harness.port, 'GET', path, { cookie: signed.cookie });
    expect(body).toMatch(/^head\n\[.*left out.*\]\ntail$/);
  });

  test('of a run that is not this task’s is not found', async () => {
    for (const run of ['abc', '..%2f..%2fetc', 'a'.repeat(64)]) {
      const path = `/console/tasks/${task}/runs/${run}/stdout.txt`;
      expect((await send(harness.port, 'GET', path, { cookie: signed.cookie })).status).toBe(404);
    }
  });
});

test('files outside the list are not served, whatever the path', async () => {
  for (const path of ['x/console.js', 'x/..%2f..%2fapp.ts', '..%2f..%2f/package.json', 'x/app.ts']) {
    expect((await send(harness.port, 'GET', `/console/assets/${path}`)).status).toBe(404);
  }
});

test('a fault is a sentence with a number that the log has too, and nothing of its inside', async () => {
  harness.desk.card = async () => {
    throw new Error('SQLITE_CORRUPT at /var/lib/nerdy');
  };
  const answer = await post(`/console/tasks/${task}/edit`, { proposal: '1' });
  expect(answer.status).toBe(500);
  expect(answer.body).toContain('Something failed on our side');
  expect(answer.body).not.toContain('SQLITE');
  const logged = harness.log.entries.find((e) => e.level === 'error');
  expect(answer.body).toContain(String((logged?.fields as { fault?: string } | undefined)?.fault));
});
