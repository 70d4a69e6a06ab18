import { expect } from 'vitest';
import { nerdy } from '../cli/nerdy.ts';
import { send } from '../web/http.ts';
import type { KeptServer } from './loop.ts';

/** Markup of every surface, buttons that are none, mentions of everybody, and what terminals obey. */
export const markup = [
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  `<button hx-post="/console/tasks/1/approve">Approve</button>`,
  '" onmouseover="alert(1)" x="',
  '<!channel> <!here> @everyone @here <@U1> <@&1> <https://evil.example|Approve>',
  '[Approve](https://evil.example) ```\n# Approved by ada',
  '\u001b]8;;https://evil.example\u001b\\Approve\u001b]8;;\u001b\\ \u001b[2J\u001b[31mred \u009b31m \u0007',
  'right\rwrong \u202egnp.exe\u202c \u200bhidden \u2066x\u2069',
  '{{ constructor }} {% for x in (1..9) %} $(touch x) `touch x`',
].join('\n');

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
export const obeyedByTerminals = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/u;

/** The console's page as the browser of its owner gets it. */
export const pageOf = async (server: KeptServer): Promise<string> => {
  const { url } = await server.address();
  const port = Number(new URL(url).port);
  const links = await fetch(`${url}/api/v1/console-links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${(await server.address()).localToken}` },
  });
  const link = (await links.json()) as { url: string };
  const key = new URL(link.url).hash.slice('#key='.length);
  const json = { 'content-type': 'application/json' };
  const opened = await send(port, 'POST', '/session', json, JSON.stringify({ key }));
  const [cookie = ''] = [opened.headers['set-cookie']].flat();
  return (await send(port, 'GET', '/', { cookie: cookie.split(';')[0] ?? '' })).body;
};

/** What a browser would take for markup: each tag with its attributes. A `<` in a text is escaped, so none begins there. */
const tagsOf = (html: string): { name: string; attributes: string[]; targets: string[] }[] =>
  [...html.matchAll(/<([a-z]+)((?:[^<>"]|"[^"]*")*)>/gi)].map(([, name = '', inside = '']) => {
    const pairs = [...inside.matchAll(/([^\s="]+)(?:="([^"]*)")?/g)];
    const isTarget = (attribute = '') => /^(href|src|hx-.*|action|formaction)$/.test(attribute);
    return {
      name,
      attributes: pairs.map(([, attribute = '']) => attribute),
      targets: pairs.filter(([, attribute]) => isTarget(attribute)).map(([, , value = '']) => value),
    };
  });

/** Nothing of the hostile markup is a tag, an attribute or a target; the page's own scripts are files of ours. */
export const holdsNoMarkup = (html: string): void => {
  const tags = tagsOf(html);
  expect(tags.length).toBeGreaterThan(50);
  expect(tags.filter(({ name }) => /^(img|iframe|base|object)$/.test(name))).toEqual([]);
  expect(tags.filter((t) => t.name === 'script' && !t.targets[0]?.startsWith('/console/assets/'))).toEqual(
    [],
  );
  expect(tags.flatMap((t) => t.attributes).filter((name) => /^on/i.test(name))).toEqual([]);
  expect(tags.flatMap((t) => t.targets).filter((to) => /evil|tasks\/1\/|javascript:/i.test(to))).toEqual([]);
  expect(html.split('\n').filter((line) => obeyedByTerminals.test(line))).toEqual([]);
};

/** What a command prints; nothing in it is obeyed by a terminal. */
export const terminalOf = async (server: KeptServer, dataDir: string, ...args: string[]): Promise<string> => {
  const { port } = new URL((await server.address()).url);
  const { out, err } = await nerdy(args, { env: { NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: port } });
  expect(out.length).toBeGreaterThan(0);
  expect(out + err).not.toMatch(obeyedByTerminals);
  return out;
};
