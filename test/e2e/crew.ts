import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Card } from '../../src/core/card.ts';
import { yesTo } from './attack-scene.ts';
import { type KeptServer, reached } from './loop.ts';

/** People as nerdyops.yml lists them, each with a token of their own. */
export const crew = { ada: 'approver', bob: 'approver', cleo: 'approver', dan: 'operator', eve: 'viewer' };
export type Member = keyof typeof crew;

const tokenOf = (who: Member): string => `the-token-of-${who}`;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The file of people and rules. JSON is YAML. */
export const writePolicy = (file: string, rules: readonly object[]): void => {
  const people = Object.fromEntries(
    Object.entries(crew).map(([key, role]) => [
      key,
      { role, tokens: [`sha256:${digestOf(tokenOf(key as Member))}`] },
    ]),
  );
  writeFileSync(file, JSON.stringify({ people, rules }));
};

/** What the API answered: a card, or why not. */
export interface Said {
  status: number;
  card: Card | null;
  code: string | null;
}

/** One request with a person's own token, as their own program would send it. */
export const sendAs = async (
  server: KeptServer,
  who: Member | 'local' | 'stranger',
  path: string,
  body: object,
): Promise<Said> => {
  const { url, localToken } = await server.address();
  const tokens = { local: localToken, stranger: 'a-guess' };
  const token = who === 'local' || who === 'stranger' ? tokens[who] : tokenOf(who);
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  const said = (await response.json()) as { task?: Card; error?: { code: string } };
  return { status: response.status, card: said.task ?? null, code: said.error?.code ?? null };
};

/** A person asks; the card once drafting is over. */
export const askedBy = async (server: KeptServer, who: Member, request: string): Promise<Card> => {
  const { card, code } = await sendAs(server, who, '/tasks', { request });
  if (!card) throw new Error(`not asked: ${code}`);
  return reached(server, card.task, (c) => c.state !== 'drafting');
};

/** A person says yes to this card, and types what it asks for unless told otherwise. */
export const yesBy = (
  server: KeptServer,
  who: Member | 'local' | 'stranger',
  card: Card,
  confirm: string | null = card.terms?.confirmation?.text ?? null,
): Promise<Said> => sendAs(server, who, `/tasks/${card.task}/approve`, { ...yesTo(card), confirm });
