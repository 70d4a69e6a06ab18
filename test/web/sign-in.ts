import type { Harness } from './harness.ts';
import { type Answered, send } from './http.ts';

/** What a browser holds after it opened a link. */
export interface Signed {
  cookie: string;
  write: string;
}

export const keyOf = (link: string): string => new URL(link).hash.slice('#key='.length);

export const openKey = (
  harness: Harness,
  key: string,
  headers: Record<string, string> = {},
): Promise<Answered> =>
  send(
    harness.port,
    'POST',
    '/session',
    { 'content-type': 'application/json', ...headers },
    JSON.stringify({ key }),
  );

export const signIn = async (harness: Harness): Promise<Signed> => {
  const answer = await openKey(harness, keyOf(harness.sessions.create(harness.base)));
  const [cookie] = [answer.headers['set-cookie']].flat();
  return { cookie: String(cookie).split(';')[0] ?? '', write: JSON.parse(answer.body).write };
};

/** The headers with which the console's own page sends a form. */
export const ownHeaders = (harness: Harness, { cookie, write }: Signed): Record<string, string> => ({
  cookie,
  'x-nerdy-write': write,
  origin: harness.base,
  'sec-fetch-site': 'same-origin',
  'hx-request': 'true',
  'content-type': 'application/x-www-form-urlencoded',
});
