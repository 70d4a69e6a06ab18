import { choiceFaults, messageFaults, modalFaults } from './discord-rules.ts';
import type { Call, FakeAnswer, FakeMessage } from './discord-shapes.ts';

/** What a person did, as Discord numbers it. */
const doings = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
/** How it is answered, as Discord numbers it. */
const replies = { message: 4, later: 5, laterUpdate: 6, update: 7, choices: 8, modal: 9 } as const;

const firstAnswerMs = 3_000;
const tokenLifeMs = 15 * 60_000;
const ephemeral = 1 << 6;

interface Interaction {
  type: number;
  begunAt: number;
  /** How it was answered first; null while it is not. */
  answered: number | null;
  /** What `@original` is; null where there is no such message, or none yet. */
  original: string | null;
  /** Of the answer that was promised. */
  flags: number;
  /** The message that the button or form stands on. */
  on: string | null;
}

export interface Replied {
  status: number;
  body?: unknown;
}

export interface InteractionParts {
  messages: Map<string, FakeMessage>;
  /** Keeps what only one person sees, and what stands in the channel. */
  keep: (call: Call, channel: string) => FakeMessage;
  shown: (message: FakeMessage) => object;
  refuse: (status: number, code: number, message: string) => Replied;
}

/**
 * Interactions and their tokens, as Discord's pages say: one first answer, within three seconds, or the token is void; after
 * it follow-ups and changes of the first answer, for fifteen minutes. Time moves only as a test says.
 *
 * Source: https://docs.discord.com/developers/interactions/receiving-and-responding; that a token which is over is refused
 * with 50027, and one without a first answer with 10015: https://github.com/discord/discord-api-docs/issues/6851 and
 * https://docs.discord.com/developers/topics/opcodes-and-status-codes#json.
 */
export class DiscordInteractions {
  /** By interaction: the first answer, and what came after it. */
  readonly answers = new Map<string, FakeAnswer[]>();
  now: () => number = () => 0;
  readonly #parts: InteractionParts;
  readonly #known = new Map<string, Interaction>();

  constructor(parts: InteractionParts) {
    this.#parts = parts;
  }

  begin(id: string, type: number, on: string | null): void {
    const [answered, original] = [null, null];
    this.#known.set(id, { type, on, begunAt: this.now(), answered, original, flags: 0 });
  }

  /** `POST /interactions/<id>/<token>/callback`. */
  first(id: string, call: Call): Replied {
    const { refuse, keep } = this.#parts;
    const one = this.#known.get(id);
    if (!one) return refuse(404, 10_062, 'Unknown interaction');
    if (one.answered !== null) return refuse(400, 40_060, 'Interaction has already been acknowledged.');
    if (this.now() - one.begunAt > firstAnswerMs) return refuse(404, 10_062, 'Unknown interaction');
    const { type, data } = call.body as { type: number; data?: FakeAnswer['data'] };
    const faults = mayAnswer(one, type) ? dataFaults(type, data, call) : [`type: is ${type}`];
    if (faults.length > 0) return refuse(400, 50_035, `Invalid Form Body: ${faults.join('; ')}`);
    one.answered = type;
    one.flags = data?.flags ?? 0;
    if (type === replies.message) one.original = keep({ ...call, body: data }, 'ephemeral').id;
    if (type === replies.laterUpdate || type === replies.update) one.original = one.on;
    this.#note(id, call.body as FakeAnswer);
    return { status: 204 };
  }

  /** `/webhooks/<application>/<token>` and what is under it. */
  after(id: string, message: string | null, call: Call): Replied {
    const { refuse, messages, shown } = this.#parts;
    const one = this.#known.get(id);
    if (!one) return refuse(401, 50_027, 'Invalid Webhook Token');
    if (this.now() - one.begunAt > tokenLifeMs) return refuse(401, 50_027, 'Invalid Webhook Token');
    if (one.answered === null) return refuse(404, 10_015, 'Unknown Webhook');
    if (call.method === 'POST') return this.#followUp(id, one, call);
    const target = messages.get((message === '@original' ? one.original : message) ?? '');
    const isPromised = message === '@original' && one.answered === replies.later && one.original === null;
    if (call.method === 'PATCH' && isPromised) return this.#fulfil(id, one, call);
    if (isPromised && call.method === 'DELETE') {
      this.#note(id, { type: 0, data: {} });
      return { status: 204 };
    }
    if (!target) return refuse(404, 10_008, 'Unknown Message');
    if (call.method === 'GET') return { status: 200, body: shown(target) };
    if (call.method === 'DELETE') {
      messages.delete(target.id);
      return { status: 204 };
    }
    const faults = bodyFaults(call);
    if (faults.length > 0) return refuse(400, 50_035, `Invalid Form Body: ${faults.join('; ')}`);
    const edited = { ...target, ...(call.body as object), files: call.files };
    messages.set(target.id, edited);
    this.#note(id, { type: 0, data: call.body as FakeAnswer['data'] });
    return { status: 200, body: shown(edited) };
  }

  /** Directly after a promise it is the promised answer, whose visibility stays as it was promised. */
  #followUp(id: string, one: Interaction, call: Call): Replied {
    const { refuse, keep, shown } = this.#parts;
    if (one.answered === replies.later && one.original === null) return this.#fulfil(id, one, call);
    const faults = bodyFaults(call);
    if (faults.length > 0) return refuse(400, 50_035, `Invalid Form Body: ${faults.join('; ')}`);
    const message = keep(call, 'ephemeral');
    this.#note(id, { type: 0, data: call.body as FakeAnswer['data'] });
    return { status: 200, body: shown(message) };
  }

  #fulfil(id: string, one: Interaction, call: Call): Replied {
    const { refuse, keep, shown } = this.#parts;
    const faults = bodyFaults(call);
    if (faults.length > 0) return refuse(400, 50_035, `Invalid Form Body: ${faults.join('; ')}`);
    const data = call.body as FakeAnswer['data'];
    const flags = ((data.flags ?? 0) & ~ephemeral) | (one.flags & ephemeral);
    const message = keep({ ...call, body: { ...data, flags } }, 'ephemeral');
    one.original = message.id;
    this.#note(id, { type: 0, data: { ...data, flags } });
    return { status: 200, body: shown(message) };
  }

  #note(id: string, answer: FakeAnswer): void {
    this.answers.set(id, [...(this.answers.get(id) ?? []), answer]);
  }
}

const mayAnswer = ({ type, on }: Interaction, reply: number): boolean => {
  if (type === doings.autocomplete) return reply === replies.choices;
  if (reply === replies.message || reply === replies.later) return true;
  if (reply === replies.laterUpdate || reply === replies.update) return on !== null;
  return reply === replies.modal && type !== doings.modal;
};

const sentFiles = ({ files }: Call) =>
  files.map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text) }));

/** Nobody is called by what one person sees, unless it says so. */
const bodyFaults = (call: Call): string[] =>
  messageFaults({ allowed_mentions: { parse: [] }, ...(call.body as object) }, sentFiles(call), true);

const dataFaults = (type: number, data: unknown, call: Call): string[] => {
  if (type === replies.modal) return modalFaults(data);
  if (type === replies.choices) return choiceFaults(data);
  if (type === replies.message || type === replies.update) return bodyFaults({ ...call, body: data });
  return [];
};
