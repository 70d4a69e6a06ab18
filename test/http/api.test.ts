import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestCharsMax } from '../../src/core/limits.ts';
import { bodyBytesMax, outputPageBytesMax, selectorCharsMax } from '../../src/http/limits.ts';
import { agentIdOf, approved, joined, proposed, sentRun, turns, wentWell } from '../flow/rig.ts';
import { type HttpRig, makeHttpRig, read, token } from './http-rig.ts';

let rig: HttpRig;
beforeEach(async () => {
  rig = await makeHttpRig();
  await joined(rig, 'db1');
});
afterEach(() => rig.dispose());

const get = (path: string, headers = {}) => read(rig.call('GET', `/api/v1${path}`, { headers }));
const post = (path: string, body?: unknown, headers = {}) =>
  read(rig.call('POST', `/api/v1${path}`, { body, headers }));
const yesOf = async (request = 'uptime') => {
  const { task, proposal } = await proposed(rig, request);
  return { task, body: { proposal: proposal?.revision, digest: proposal?.digest } };
};

describe('the token', () => {
  const doors: [string, string][] = [
    ['GET', '/tasks'],
    ['GET', '/tasks/1001'],
    ['GET', '/tasks/1001/runs/x/output'],
    ['GET', '/agents'],
    ['GET', '/runbooks'],
    ['GET', '/runbooks/x'],
    ['DELETE', '/runbooks/x'],
    ['GET', '/tasks/1001/keep'],
    ['GET', '/events'],
    ['HEAD', '/tasks'],
    ['POST', '/console-links'],
    ['POST', '/tasks'],
    ...['approve', 'reject', 'edit', 'choose', 'cancel', 'continue', 'stop', 'keep'].map(
      (verb): [string, string] => ['POST', `/tasks/1001/${verb}`],
    ),
  ];

  it.each(doors)('is needed for %s %s', async (method, path) => {
    const others = ['', 'Bearer', 'Bearer ', 'Bearer wrong', `Basic ${token}`, `Bearer ${token}x`, token];
    for (const authorization of others) {
      const response = await rig.call(method, `/api/v1${path}`, { headers: { authorization } });
      expect(response.status, authorization).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      if (method === 'HEAD') continue;
      expect(await response.json()).toMatchObject({ error: { code: 'access_denied' } });
    }
  });

  it('is asked for before the body is looked at', async () => {
    const headers = { authorization: 'Bearer wrong' };
    const { status } = await read(rig.call('POST', '/api/v1/tasks', { body: '{', headers }));
    expect(status).toBe(401);
  });
});

describe('asking', () => {
  it('makes a task and answers with its card', async () => {
    const { status, json } = await post('/tasks', { request: 'uptime on db1', on: 'db1' });
    expect(status).toBe(201);
    expect(json.task).toMatchObject({
      state: 'drafting',
      request: 'uptime on db1',
      place: { surface: 'api' },
    });
    expect(await get(`/tasks/${json.task.task}`)).toEqual({ status: 200, json });
  });

  it('names who asked where that is a name, and nobody where it is not', async () => {
    const named = await post('/tasks', { request: 'a' }, { 'x-nerdy-user': 'ada' });
    const odd = await post('/tasks', { request: 'a' }, { 'x-nerdy-user': '<script>' });
    expect(named.json.task.asker).toMatchObject({ kind: 'token', id: 'local', name: 'ada' });
    expect(odd.json.task.asker).toMatchObject({ id: 'local', name: 'the local user' });
  });

  it('twice with one key makes one task', async () => {
    const key = { 'idempotency-key': 'k1' };
    const [first, second] = await Promise.all([
      post('/tasks', { request: 'uptime' }, key),
      post('/tasks', { request: 'uptime' }, key),
    ]);
    expect(second.json.task.task).toBe(first.json.task.task);
    expect((await get('/tasks')).json.tasks).toHaveLength(1);
  });

  it('is refused with the key of another request: the first one is not its answer', async () => {
    const key = { 'idempotency-key': 'k1' };
    await post('/tasks', { request: 'uptime' }, key);
    expect(await post('/tasks', { request: 'restart nginx' }, key)).toMatchObject({
      status: 422,
      json: { error: { code: 'key_reused', message: expect.stringContaining('a new key for a new one') } },
    });
    expect((await get('/tasks')).json.tasks).toHaveLength(1);
    // The same meaning in another order is the same request.
    expect((await post('/tasks', { on: null, request: 'uptime' }, key)).status).toBe(201);
  });

  it.each([
    [{}, '"request" must be there and be a text.'],
    [{ request: 5 }, '"request" must be a text.'],
    [{ request: 'a', extra: 1 }, 'the body has "extra", which nothing here takes.'],
    [[], 'the body must be a JSON object.'],
  ])('%j is answered in our own words', async (body, words) => {
    const { json } = await post('/tasks', body);
    expect(json.error.message).toBe(`The request can't be read: ${words}`);
  });

  it.each([
    ['an empty request', { request: '  ' }, 422, 'request_empty'],
    ['a long request', { request: 'x'.repeat(requestCharsMax + 1) }, 422, 'request_too_long'],
    ['no request', {}, 400, 'input_invalid'],
    ['a request that is no text', { request: 5 }, 400, 'input_invalid'],
    ['what there is no place for', { request: 'a', extra: 1 }, 400, 'input_invalid'],
    [
      'more machines than anyone types',
      { request: 'a', on: 'x'.repeat(selectorCharsMax + 1) },
      400,
      'input_invalid',
    ],
    ['a list', [], 400, 'input_invalid'],
    ['nothing', undefined, 400, 'input_invalid'],
    ['half of JSON', '{"request":', 400, 'input_invalid'],
    ['a prototype', '{"request":"a","__proto__":{"x":1}}', 400, 'input_invalid'],
    ['too much', { request: 'x'.repeat(bodyBytesMax) }, 413, 'input_invalid'],
  ])('with %s is refused with a sentence', async (_, body, status, code) => {
    const answer = await post('/tasks', body);
    expect(answer).toMatchObject({ status, json: { error: { code } } });
    expect(answer.json.error.message).toMatch(/^[A-Z].*[.!]$/s);
    expect((await get('/tasks')).json.tasks).toEqual([]);
  });

  it('in another form than JSON is refused with a sentence', async () => {
    const headers = { 'content-type': 'application/xml' };
    expect(await post('/tasks', 'uptime', headers)).toMatchObject({
      status: 415,
      json: { error: { code: 'input_invalid' } },
    });
  });

  it.each(['', 'x'.repeat(201)])('with a key of the wrong length is refused', async (key) => {
    const { status } = await post('/tasks', { request: 'a' }, { 'idempotency-key': key });
    expect(status).toBe(400);
  });
});

describe('deciding', () => {
  it('approves what was shown, and runs it', async () => {
    const { task, body } = await yesOf();
    const { status, json } = await post(`/tasks/${task}/approve`, body);
    expect([status, json.task.state]).toEqual([200, 'running']);
  });

  it('of another digest is a conflict', async () => {
    const { task, body } = await yesOf();
    expect(await post(`/tasks/${task}/approve`, { ...body, digest: '0'.repeat(64) })).toMatchObject({
      status: 409,
      json: { error: { code: 'card_outdated' } },
    });
  });

  it('twice is a conflict, but for the same key', async () => {
    const { task, body } = await yesOf();
    const key = { 'idempotency-key': 'k1' };
    expect((await post(`/tasks/${task}/approve`, body, key)).status).toBe(200);
    expect((await post(`/tasks/${task}/approve`, body, key)).status).toBe(200);
    expect(await post(`/tasks/${task}/approve`, body)).toMatchObject({
      status: 409,
      json: { error: { code: 'task_decided' } },
    });
  });

  it('with a key that was used for something else is not taken for done', async () => {
    const key = { 'idempotency-key': 'k1' };
    await post('/tasks', { request: 'elsewhere' }, key);
    const { task, body } = await yesOf('uptime on db1');
    expect((await post(`/tasks/${task}/approve`, body, key)).json.task.state).toBe('running');
    const other = await yesOf('memory on db1');
    expect((await post(`/tasks/${other.task}/approve`, other.body, key)).json.task.state).toBe('running');
  });

  it('edits, rejects, cancels and answers questions', async () => {
    const one = await proposed(rig, 'uptime on db1');
    const texts = [{ digest: one.scripts[0]?.digest, text: 'uptime -p' }];
    const edited = await post(`/tasks/${one.task}/edit`, { proposal: 1, texts });
    expect(edited.json.task.scripts[0].text).toBe('uptime -p\n');
    expect((await post(`/tasks/${one.task}/reject`, { reason: 'no' })).json.task.state).toBe('rejected');
    const two = await proposed(rig, 'memory on db1');
    expect((await post(`/tasks/${two.task}/cancel`)).json.task.state).toBe('cancelled');
    expect((await post(`/tasks/${two.task}/choose`, { option: 'db1' })).status).toBe(409);
  });

  it.each(['continue', 'stop', 'cancel'])('%s of what has ended is a conflict', async (verb) => {
    const { task } = await proposed(rig, 'uptime');
    await post(`/tasks/${task}/reject`);
    expect(await post(`/tasks/${task}/${verb}`, {})).toMatchObject({
      status: 409,
      json: { error: { code: 'not_decidable' } },
    });
  });

  it('about a task that does not exist is not found, with a sentence', async () => {
    expect(await post('/tasks/77/cancel')).toMatchObject({
      status: 404,
      json: { error: { code: 'task_unknown' } },
    });
  });

  it.each(['0', '-1', 'abc', '1.5', '99999999999999999999'])(
    'about task %s can not be read',
    async (number) => {
      expect(await post(`/tasks/${number}/cancel`)).toMatchObject({ status: 400 });
    },
  );
});

describe('reading', () => {
  it('lists the newest first, in pages, by state', async () => {
    for (const request of ['a', 'b', 'c']) await post('/tasks', { request });
    await post('/tasks/1002/cancel');
    const numbers = async (query: string) =>
      (await get(`/tasks?${query}`)).json.tasks.map((t: { task: number }) => t.task);
    expect(await numbers('')).toEqual([1003, 1002, 1001]);
    expect(await numbers('limit=2')).toEqual([1003, 1002]);
    expect(await numbers('before=1002')).toEqual([1001]);
    expect(await numbers('state=cancelled')).toEqual([1002]);
  });

  it.each(['state=nowhere', 'limit=0', 'limit=101', 'limit=x', 'before=-1'])(
    '%s can not be read',
    async (query) => {
      expect(await get(`/tasks?${query}`)).toMatchObject({
        status: 400,
        json: { error: { code: 'input_invalid' } },
      });
    },
  );

  it('gives the kept bytes of a run as they are, from where the caller wants', async () => {
    const run = await sentRun(rig, 'uptime on db1', 'db1');
    const bytes = Buffer.from([0x61, 0xff, 0x1b, 0x62]);
    await rig.reports.output(run.agentId, run.id, 'stderr', 0, bytes);
    await rig.reports.finished(run.agentId, run.id, { ...wentWell, stderrBytes: 4, stderrCutAt: 2 });
    const path = `/api/v1/tasks/${run.task}/runs/${run.id}/output?stream=stderr&offset=1`;
    const response = await rig.call('GET', path);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes.subarray(1));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-nerdy-output-bytes': '4',
      'x-nerdy-output-cut-at': '2',
    });
  });

  it('gives at most one page of output, and the next from there', async () => {
    const run = await sentRun(rig, 'uptime on db1', 'db1');
    const half = Buffer.alloc(512 * 1024, 97);
    await rig.reports.output(run.agentId, run.id, 'stdout', 0, half);
    expect(half.length).toBeLessThan(outputPageBytesMax);
    const path = `/api/v1/tasks/${run.task}/runs/${run.id}/output`;
    const past = await rig.call('GET', `${path}?offset=${half.length + 9}`);
    expect([past.status, (await past.arrayBuffer()).byteLength]).toEqual([200, 0]);
  });

  it('does not find a run of another task', async () => {
    const one = await approved(rig, 'uptime on db1');
    const two = await approved(rig, 'memory on db1');
    expect(await get(`/tasks/${two.task.number}/runs/${one.runs[0]?.id}/output`)).toMatchObject({
      status: 404,
      json: { error: { code: 'run_unknown' } },
    });
  });

  it('lists machines and runbooks, and makes links to the console', async () => {
    expect((await get('/agents')).json.agents).toMatchObject([{ id: agentIdOf('db1'), name: 'db1' }]);
    expect((await get('/runbooks')).json).toEqual({ runbooks: [] });
    expect(await post('/console-links')).toMatchObject({
      status: 201,
      json: { url: 'http://127.0.0.1/#once' },
    });
  });
});

it('an act is committed when it is answered', async () => {
  const { json } = await post('/tasks', { request: 'uptime' });
  await turns(1);
  expect(await rig.store.getTask(json.task.task)).not.toBeNull();
});
