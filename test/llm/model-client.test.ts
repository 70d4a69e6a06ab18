import type { LLMock } from '@copilotkit/aimock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeChatOpenAI } from '../../src/llm/chat-model.ts';
import { draftForm } from '../../src/llm/draft-form.ts';
import type { ModelFault } from '../../src/llm/model-fault.ts';
import type { Wait } from '../../src/llm/with-retries.ts';
import { completion, event, type FarEnd, startFarEnd, strictSchemaFault } from './far-end.ts';
import { clientFor, filled, settingsFor, signal, startModel } from './scene.ts';

const prompt = { system: 'Rules.', user: 'which process holds port 8080' };
const good = JSON.stringify(filled([{ platform: 'linux', text: 'ss -ltn' }]));
const kindOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no fault',
    (fault: ModelFault) => fault.kind,
  );

describe('a model over aimock', () => {
  let mock: LLMock;
  beforeEach(async () => {
    mock = await startModel();
  });
  afterEach(() => mock.stop());

  it('is asked again after a 429, no sooner than it says', async () => {
    const refusal = { error: { message: 'slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 3 };
    mock.addFixture({ match: { endpoint: 'chat', sequenceIndex: 0 }, response: refusal });
    mock.addFixture({ match: { endpoint: 'chat', sequenceIndex: 1 }, response: { content: good } });
    const { client, waits } = clientFor(mock.url);
    expect(await client.fill('draft', prompt, draftForm, signal())).toMatchObject({ kind: 'scripts' });
    expect(waits).toEqual([3_000]);
  });

  it('is not waited for when it asks for more patience than a person has', async () => {
    const refusal = { error: { message: 'slow down' }, status: 429, retryAfter: 3_600 };
    mock.addFixture({ match: { endpoint: 'chat' }, response: refusal });
    const { client, waits } = clientFor(mock.url);
    expect(await kindOf(client.fill('draft', prompt, draftForm, signal()))).toBe('overloaded');
    expect(waits).toEqual([]);
  });

  it('is not asked again when the account is empty', async () => {
    const refusal = { error: { message: 'You exceeded it', code: 'insufficient_quota' }, status: 429 };
    mock.addFixture({ match: { endpoint: 'chat' }, response: refusal });
    const { client } = clientFor(mock.url);
    expect(await kindOf(client.fill('draft', prompt, draftForm, signal()))).toBe('spent');
    expect(mock.getRequests()).toHaveLength(1);
  });

  it('is given up after its retries when every answer is a 500', async () => {
    mock.addFixture({ match: { endpoint: 'chat' }, response: { error: { message: 'x' }, status: 500 } });
    const { client, waits } = clientFor(mock.url, { retriesMax: 2 });
    expect(await kindOf(client.fill('draft', prompt, draftForm, signal()))).toBe('failed');
    expect(mock.getRequests()).toHaveLength(3);
    expect(waits).toHaveLength(2);
    expect(waits[1]).toBeGreaterThanOrEqual(500);
  });

  it.each([
    [400, 'rejected'],
    [401, 'denied'],
    [404, 'unknown'],
  ])('is not asked again after a %i', async (status, kind) => {
    mock.addFixture({ match: { endpoint: 'chat' }, response: { error: { message: 'key sk-12' }, status } });
    const { client } = clientFor(mock.url);
    const call = client.fill('draft', prompt, draftForm, signal());
    await expect(call).rejects.toMatchObject({ kind, status });
    await expect(call).rejects.not.toMatchObject({ reason: expect.stringContaining('sk-12') });
    expect(mock.getRequests()).toHaveLength(1);
  });

  it('is late, once, when it takes longer than its time', async () => {
    mock.addFixture({
      match: { endpoint: 'chat' },
      response: { content: good },
      chaos: { latencyMs: 400 },
    });
    const { client, waits } = clientFor(mock.url, { timeoutMs: 30 });
    expect(await kindOf(client.fill('draft', prompt, draftForm, signal()))).toBe('late');
    expect(waits).toEqual([]);
  });

  it('sends words as they come, each time the whole text so far', async () => {
    mock.addFixture({
      match: { endpoint: 'chat' },
      response: { content: 'nginx holds port 8080.' },
      chunkSize: 6,
    });
    const told: string[] = [];
    const { client } = clientFor(mock.url);
    const text = await client.speak('answer', prompt, (t) => told.push(t), signal());
    expect(text).toBe('nginx holds port 8080.');
    expect(told).toEqual(['nginx ', 'nginx holds ', 'nginx holds port 8', 'nginx holds port 8080.']);
  });

  it('that speaks the Responses API is understood as well', async () => {
    mock.addFixture({ match: {}, response: { content: good } });
    const told: string[] = [];
    const { client } = clientFor(mock.url, { model: 'gpt-5.2-pro' });
    expect(await client.fill('draft', prompt, draftForm, signal())).toMatchObject({ kind: 'scripts' });
    expect(await client.speak('answer', prompt, (t) => told.push(t), signal())).toBe(good);
    expect(mock.getRequests().map((r) => r.path)).toEqual(['/v1/responses', '/v1/responses']);
  });

  it('whose stream is cut after some words is a fault, not an answer', async () => {
    mock.addFixture({
      match: { endpoint: 'chat' },
      response: { content: 'nginx holds port 8080 and nothing else does.' },
      chunkSize: 6,
      latency: 5,
      truncateAfterChunks: 3,
    });
    const told: string[] = [];
    const { client } = clientFor(mock.url);
    expect(await kindOf(client.speak('answer', prompt, (t) => told.push(t), signal()))).toBe('broken_off');
    expect(told.length).toBeGreaterThan(0);
    expect(mock.getRequests()).toHaveLength(1);
  });
});

describe('a model over a stricter far end', () => {
  let far: FarEnd | undefined;
  afterEach(async () => {
    await far?.stop();
    vi.unstubAllEnvs();
  });

  it('is sent a schema that strict mode takes', async () => {
    const faults: unknown[] = [];
    far = await startFarEnd((body, response) => {
      const format = body.response_format as { json_schema: { strict: boolean; schema: unknown } };
      faults.push(format.json_schema.strict, strictSchemaFault(format.json_schema.schema));
      response.setHeader('content-type', 'application/json').end(completion({ content: good }));
    });
    await clientFor(far.url).client.fill('draft', prompt, draftForm, signal());
    expect(faults).toEqual([true, null]);
  });

  it.each([
    [
      'a refusal',
      completion({ refusal: 'I can\u2019t help.' }),
      { kind: 'refused', words: 'I can\u2019t help.' },
    ],
    ['a filter', completion({ content: '{' }, 'content_filter'), { kind: 'refused' }],
    ['a length limit', completion({ content: good.slice(0, 30) }, 'length'), { kind: 'too_long' }],
    ['no choices', '{"object":"chat.completion","choices":[]}', { kind: 'garbage' }],
    ['HTML', '<html>sign in</html>', { kind: 'garbage' }],
  ])('with %s is a fault that is not tried again', async (_name, body, fault) => {
    for (const structuredOutput of ['json_schema', 'function_calling', 'json_mode'] as const) {
      const end = await startFarEnd((_b, response) => {
        response.setHeader('content-type', 'application/json').end(body);
      });
      const call = clientFor(end.url, { structuredOutput }).client.fill('draft', prompt, draftForm, signal());
      await expect(call).rejects.toMatchObject(fault);
      expect(end.requests).toHaveLength(1);
      await end.stop();
    }
  });

  it.each([
    ['without a finish reason', [event({ content: 'nginx' })], 'broken_off'],
    ['at a length limit', [event({ content: 'nginx' }), event({}, 'length'), 'data: [DONE]\n\n'], 'too_long'],
    [
      'with an error',
      [event({ content: 'nginx' }), 'data: {"error":{"message":"overloaded"}}\n\n'],
      'failed',
    ],
    ['without a word', [event({ content: ' ' }), event({}, 'stop'), 'data: [DONE]\n\n'], 'garbage'],
    ['in the middle of JSON', [event({ content: 'nginx' }), 'data: {"id":'], 'broken_off'],
  ])('whose stream ends %s is a fault', async (_name, events, kind) => {
    far = await startFarEnd((_body, response) => {
      response.setHeader('content-type', 'text/event-stream');
      for (const piece of events) response.write(piece);
      response.end();
    });
    expect(await kindOf(clientFor(far.url).client.speak('answer', prompt, () => {}, signal()))).toBe(kind);
  });

  it('whose socket dies in a stream is a fault, and is not asked again once words were shown', async () => {
    far = await startFarEnd((_body, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.write(event({ content: 'nginx' }), () => response.destroy());
    });
    expect(await kindOf(clientFor(far.url).client.speak('answer', prompt, () => {}, signal()))).toBe(
      'broken_off',
    );
    expect(far.requests).toHaveLength(1);
  });

  it('whose address answers nothing is unreachable, after its retries', async () => {
    const gone = await startFarEnd(() => {});
    await gone.stop();
    const { client, waits } = clientFor(gone.url);
    expect(await kindOf(client.fill('draft', prompt, draftForm, signal()))).toBe('unreachable');
    expect(await kindOf(client.speak('answer', prompt, () => {}, signal()))).toBe('unreachable');
    expect(waits).toHaveLength(4);
  });

  it('that goes silent in a stream is late', async () => {
    far = await startFarEnd((_body, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.write(event({ content: 'nginx' }));
    });
    const { client } = clientFor(far.url, { timeoutMs: 50 });
    expect(await kindOf(client.speak('answer', prompt, () => {}, signal()))).toBe('late');
  });

  it('that never begins its stream is late, once', async () => {
    far = await startFarEnd(() => {});
    const { client } = clientFor(far.url, { timeoutMs: 50 });
    expect(await kindOf(client.speak('answer', prompt, () => {}, signal()))).toBe('late');
    expect(far.requests).toHaveLength(1);
  });

  it('is let go at once when the caller aborts, in a reply and in a stream', async () => {
    far = await startFarEnd((_body, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.write(event({ content: 'nginx' }));
    });
    for (const isStream of [true, false]) {
      const abort = new AbortController();
      const { client } = clientFor(far.url, { timeoutMs: 60_000 });
      const arrived = far.next();
      const call = isStream
        ? client.speak('answer', prompt, () => {}, abort.signal)
        : client.fill('draft', prompt, draftForm, abort.signal);
      const kind = kindOf(call);
      await arrived;
      abort.abort(new Error('stop'));
      expect(await kind).toBe('late');
    }
  });

  it('is let go at once when the caller aborts while it waits to ask again', async () => {
    far = await startFarEnd((_body, response) => {
      response.writeHead(503, { 'retry-after': '15' }).end('{}');
    });
    const abort = new AbortController();
    const wait: Wait = (_ms, waiting) => {
      setImmediate(() => abort.abort(new Error('stop')));
      return new Promise((_, reject) => {
        waiting?.addEventListener('abort', () => reject(waiting.reason));
      });
    };
    const { client } = clientFor(far.url, {}, { wait });
    expect(await kindOf(client.fill('draft', prompt, draftForm, abort.signal))).toBe('failed');
    expect(far.requests).toHaveLength(1);
  });

  it('is the only one that hears of it, whatever LangChain, LangSmith and OpenAI read from the environment', async () => {
    const spy = await startFarEnd((_body, response) => response.end('{}'));
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    far = await startFarEnd((body, response) => {
      if (body.stream === true) {
        response.setHeader('content-type', 'text/event-stream');
        response.end(`${event({ content: 'nginx' })}${event({}, 'stop')}data: [DONE]\n\n`);
      } else response.setHeader('content-type', 'application/json').end(completion({ content: good }));
    });
    for (const name of [
      'LANGCHAIN_TRACING',
      'LANGCHAIN_TRACING_V2',
      'LANGSMITH_TRACING',
      'LANGSMITH_TRACING_V2',
    ])
      vi.stubEnv(name, 'true');
    for (const name of ['LANGSMITH_ENDPOINT', 'LANGCHAIN_ENDPOINT', 'LANGSMITH_GATEWAY', 'OPENAI_BASE_URL'])
      vi.stubEnv(name, spy.url);
    for (const name of [
      'LANGSMITH_API_KEY',
      'LANGCHAIN_API_KEY',
      'LANGSMITH_GATEWAY_API_KEY',
      'OPENAI_API_KEY',
    ])
      vi.stubEnv(name, 'secret-of-another');
    vi.stubEnv('LANGCHAIN_CALLBACKS_BACKGROUND', 'false');
    vi.stubEnv('LANGCHAIN_VERBOSE', 'true');
    vi.stubEnv('OPENAI_LOG', 'debug');
    vi.stubEnv('OPENAI_ORGANIZATION', 'org-of-another');
    const { client } = clientFor(far.url);
    await client.fill('draft', prompt, draftForm, signal());
    await client.speak('answer', prompt, () => {}, signal());
    expect(spy.requests).toEqual([]);
    expect(
      far.requests.map((r) => [r.path, r.headers.authorization, r.headers['openai-organization']]),
    ).toEqual([
      ['/v1/chat/completions', 'Bearer none-needed', undefined],
      ['/v1/chat/completions', 'Bearer none-needed', undefined],
    ]);
    expect(printed).not.toHaveBeenCalled();
    // The other way round: LangChain's own `invoke` does tell LangSmith, so the spy would have heard of it.
    const heard = spy.next();
    await makeChatOpenAI(settingsFor(far.url)).invoke('hello');
    await heard;
    printed.mockRestore();
    await spy.stop();
  });
});

describe('the settings of a model', () => {
  it('name OpenAI itself when there is a key and no address, also where the environment has another', () => {
    vi.stubEnv('LANGSMITH_GATEWAY', 'true');
    const chat = makeChatOpenAI({ ...settingsFor(''), apiKey: 'sk-1', baseUrl: null });
    vi.unstubAllEnvs();
    expect(chat).toMatchObject({ clientConfig: { baseURL: 'https://api.openai.com/v1', apiKey: 'sk-1' } });
  });

  it('without key and address are a fault of the program', () => {
    expect(() => makeChatOpenAI({ ...settingsFor(''), baseUrl: null })).toThrow(RangeError);
  });
});
