/**
 * Draws components as a page that looks as Discord's dark theme does, closely enough to judge what a reader sees and what
 * not. It draws what our rendering uses and nothing else; it is no test of what Discord accepts (see discord-rules.ts).
 */

import { now } from '../chat/cards.ts';

const minutesLater = 4;

type Json = { readonly [key: string]: unknown };

const esc = (text: unknown): string =>
  String(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const spanOf = (minutes: number): string => {
  const [count, unit] = minutes < 60 ? [minutes, 'minute'] : [Math.round(minutes / 60), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** As a reader in UTC sees it some minutes after the scenes' moment. */
const dateOf = (seconds: number, style: string): string => {
  const date = new Date(seconds * 1_000);
  const time = `${String(date.getUTCHours()).padStart(2, '0')}:${String(date.getUTCMinutes()).padStart(2, '0')}`;
  if (style !== 'R') return time;
  const minutes = Math.round(seconds / 60 - now / 60_000 - minutesLater);
  return minutes > 0 ? `in ${spanOf(minutes)}` : `${spanOf(-minutes)} ago`;
};

/** What stands within a line, in the order in which Discord looks for it. */
const inlines: readonly [rule: RegExp, draw: (match: RegExpExecArray) => string][] = [
  [/^\\([^0-9A-Za-z\s])/, ([, sign]) => esc(sign)],
  [/^`([^`]+)`/, ([, code]) => `<code>${esc(code)}</code>`],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, ([, bold = '']) => `<b>${inline(bold)}</b>`],
  [/^<t:(\d+):(\w)>/, ([, at, style = '']) => `<span class="time">${dateOf(Number(at), style)}</span>`],
  [/^<@\d+>/, () => '<span class="mention">@ada</span>'],
  [/^<(https?:[^>]+)>/, ([, url]) => `<a>${esc(url)}</a>`],
];

const inline = (text: string): string => {
  let [html, rest] = ['', text];
  while (rest !== '') {
    const hit = inlines.map(([rule, draw]) => [rule.exec(rest), draw] as const).find(([match]) => match);
    if (hit?.[0]) {
      html += hit[1](hit[0]);
      rest = rest.slice(hit[0][0].length);
    } else {
      const [letter = ''] = rest;
      html += esc(letter);
      rest = rest.slice(letter.length);
    }
  }
  return html;
};

const line = (text: string): string => {
  if (text.startsWith('> ')) return `<blockquote>${inline(text.slice(2))}</blockquote>`;
  if (text.startsWith('-# ')) return `<div class="small">${inline(text.slice(3))}</div>`;
  return text === '' ? '<div class="gap"></div>' : `<div>${inline(text)}</div>`;
};

const markup = (text: string): string =>
  text
    .split(/(```[\s\S]*?```)/)
    .map((part, at) => {
      if (at % 2 === 1) return `<pre>${esc(part.slice(3, -3).replace(/^[\w+.#-]*\n/, ''))}</pre>`;
      const words = part.replace(/^\n|\n$/g, '');
      return words === '' ? '' : words.split('\n').map(line).join('');
    })
    .join('');

const buttonStyles = ['', 'primary', 'plain', 'good', 'grave'];

const draw = (value: Json): string => {
  const inside = ((value.components ?? []) as Json[]).map(draw).join('');
  switch (value.type) {
    case 1:
      return `<div class="row">${inside}</div>`;
    case 2:
      return `<button class="${buttonStyles[Number(value.style)]}">${esc(value.label)}</button>`;
    case 3:
      return `<div class="select"><span>${esc(value.placeholder)}</span><span>⌄</span></div>`;
    case 4:
      return `<div class="input${value.style === 2 ? ' tall' : ''}">${esc(value.value ?? '')}</div>`;
    case 9:
      return `<div class="with"><div>${inside}</div>${draw(value.accessory as Json)}</div>`;
    case 10:
      return `<div class="text">${markup(String(value.content))}</div>`;
    case 13:
      return `<div class="file"><span class="icon">📄</span><a>${esc(String((value.file as Json).url).replace('attachment://', ''))}</a></div>`;
    case 14:
      return '<hr>';
    case 17: {
      const colour = Number(value.accent_color).toString(16).padStart(6, '0');
      return `<div class="container" style="border-left-color:#${colour}">${inside}</div>`;
    }
    case 18:
      return `<label><b>${esc(value.label)}</b>${value.description ? `<div class="small">${esc(value.description)}</div>` : ''}${draw(value.component as Json)}</label>`;
    default:
      return `<mark>${esc(value.type)}</mark>`;
  }
};

const style = `
body { margin: 0; background: #313338; color: #dbdee1; font: 16px/1.375 'gg sans', 'Noto Sans', 'Liberation Sans', 'Noto Color Emoji', sans-serif; }
.message { display: flex; gap: 16px; padding: 10px 16px; }
.avatar { flex: none; width: 40px; height: 40px; border-radius: 50%; background: #5865f2; color: #fff; font-weight: 700; display: grid; place-items: center; }
.body { min-width: 0; flex: 1; } .who b { color: #f2f3f5; font-weight: 500; } .who .when { color: #949ba4; font-size: 12px; margin-left: 6px; }
.who .app { background: #5865f2; color: #fff; border-radius: 4px; font-size: 10px; font-weight: 600; padding: 1px 5px; vertical-align: 1px; margin-left: 4px; }
.container { box-sizing: border-box; max-width: 600px; margin-top: 4px; background: #2b2d31; border: 1px solid #3a3c43; border-left: 4px solid; border-radius: 8px; padding: 16px; display: flex; flex-direction: column; gap: 8px; }
.text { overflow-wrap: anywhere; white-space: pre-wrap; } .small { font-size: 13px; color: #949ba4; } .gap { height: 8px; }
blockquote { margin: 0; padding-left: 12px; border-left: 4px solid #4e5058; border-radius: 2px; }
pre { margin: 4px 0; background: #1e1f22; border: 1px solid #232428; border-radius: 4px; padding: 8px; font: 14px/1.3 'Noto Sans Mono', 'Liberation Mono', monospace; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 100%; box-sizing: border-box; }
code { background: #1e1f22; border-radius: 4px; font: 0.85em 'Noto Sans Mono', 'Liberation Mono', monospace; padding: 1px 4px; }
b { color: #f2f3f5; } .small b { color: inherit; } a { color: #00a8fc; } .time { background: #3c3e44; border-radius: 3px; padding: 0 2px; } .mention { background: #3c4270; color: #c9cdfb; border-radius: 3px; padding: 0 2px; }
hr { border: 0; border-top: 1px solid #3f4147; margin: 4px 0; width: 100%; }
.row { display: flex; flex-wrap: wrap; gap: 8px; } .with { display: flex; justify-content: space-between; align-items: flex-start; gap: 12px; } .with > div { min-width: 0; }
button { font: 500 14px 'gg sans', 'Noto Sans', 'Liberation Sans', sans-serif; min-height: 32px; padding: 2px 16px; border: 0; border-radius: 8px; color: #fff; background: #4e5058; flex: none; max-width: 100%; }
button.primary { background: #5865f2; } button.good { background: #248046; } button.grave { background: #da373c; }
.select { flex: 1; max-width: 400px; display: flex; justify-content: space-between; background: #1e1f22; border-radius: 8px; padding: 9px 12px; color: #949ba4; }
.file { display: flex; gap: 10px; align-items: center; background: #232428; border: 1px solid #3a3c43; border-radius: 8px; padding: 12px; max-width: 420px; overflow-wrap: anywhere; } .icon { font-size: 24px; }
.modal { background: #313338; border: 1px solid #3f4147; border-radius: 8px; margin: 12px 16px; padding: 16px; max-width: 440px; } .modal h2 { margin: 0 0 12px; font-size: 20px; color: #f2f3f5; } label { display: block; margin-bottom: 12px; }
.input { background: #1e1f22; border-radius: 4px; padding: 10px; min-height: 20px; margin-top: 6px; white-space: pre-wrap; } .tall { min-height: 60px; }
h2.name { font-size: 12px; color: #777; margin: 14px 16px 0; font-weight: 400; }
@media (max-width: 500px) { .message { padding: 8px 12px; gap: 12px; } .container { padding: 12px; } }
`;

export const drawMessage = (component: unknown): string =>
  `<div class="message"><div class="avatar">N</div><div class="body"><div class="who"><b>Nerdy</b><span class="app">APP</span><span class="when">03:04</span></div>${draw(component as Json)}</div></div>`;

export const drawModal = (modal: unknown): string => {
  const { title, components } = modal as Json;
  return `<div class="modal"><h2>${esc(title)}</h2>${(components as Json[]).map(draw).join('')}<button class="primary">Submit</button></div>`;
};

/** @param parts the drawings, each under its name; null for none. */
export const page = (parts: readonly { name: string | null; html: string }[]): string =>
  `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${style}</style>${parts
    .map(({ name, html }) => `${name === null ? '' : `<h2 class="name">${esc(name)}</h2>`}${html}`)
    .join('')}`;
