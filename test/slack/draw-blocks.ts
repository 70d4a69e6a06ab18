/**
 * Draws blocks as a page that looks as Slack does, closely enough to judge what a reader sees and what not. It draws
 * what our rendering uses and nothing else; it is no test of what Slack accepts (see block-rules.ts).
 */

type Json = { readonly [key: string]: unknown };

const esc = (text: unknown): string =>
  String(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const emoji: Readonly<Record<string, string>> = {
  mag: '🔍',
  question: '❓',
  memo: '📝',
  hourglass_flowing_sand: '⏳',
  double_vertical_bar: '⏸️',
  octagonal_sign: '🛑',
  eyes: '👀',
  white_check_mark: '✅',
  no_entry_sign: '🚫',
  thumbsdown: '👎',
  alarm_clock: '⏰',
  lock: '🔒',
  grey_question: '❔',
  warning: '⚠️',
  heavy_minus_sign: '➖',
  large_green_circle: '🟢',
  large_orange_circle: '🟠',
  red_circle: '🔴',
  no_entry: '⛔',
  information_source: 'ℹ️',
  busts_in_silhouette: '👥',
  keyboard: '⌨️',
  page_facing_up: '📄',
  clock3: '🕒',
  x: '❌',
  writing_hand: '✍️',
  stethoscope: '🩺',
  fire: '🔥',
  no_bell: '🔕',
  twisted_rightwards_arrows: '🔀',
  desktop_computer: '🖥️',
  dart: '🎯',
  bulb: '💡',
  wastebasket: '🗑️',
  rotating_light: '🚨',
  speech_balloon: '💬',
};

const dateOf = (seconds: number): string => {
  const date = new Date(seconds * 1000);
  return `today at ${date.getUTCHours() % 12 || 12}:${String(date.getUTCMinutes()).padStart(2, '0')} AM`;
};

const inline = (value: Json): string => {
  const style = (value.style ?? {}) as Json;
  const wrap = (html: string): string =>
    [
      ['bold', 'b'],
      ['italic', 'i'],
      ['code', 'code'],
    ].reduce((inner, [name, tag]) => (style[name as string] ? `<${tag}>${inner}</${tag}>` : inner), html);
  switch (value.type) {
    case 'text':
      return wrap(esc(value.text).replaceAll('\n', '<br>'));
    case 'emoji':
      return `<span class="emoji">${emoji[String(value.name)] ?? `:${esc(value.name)}:`}</span>`;
    case 'date':
      return esc(dateOf(Number(value.timestamp)));
    case 'user':
      return `<span class="mention">@${value.user_id === 'U1' ? 'ada' : esc(value.user_id)}</span>`;
    case 'link':
      return `<a href="#">${esc(value.text ?? value.url)}</a>`;
    default:
      return `<mark>${esc(value.type)}</mark>`;
  }
};

const richElement = (value: Json): string => {
  const elements = value.elements as Json[];
  switch (value.type) {
    case 'rich_text_section':
      return `<div class="section">${elements.map(inline).join('')}</div>`;
    case 'rich_text_quote':
      return `<blockquote>${elements.map(inline).join('')}</blockquote>`;
    case 'rich_text_preformatted':
      return `<pre>${elements.map(({ text }) => esc(text)).join('')}</pre>`;
    case 'rich_text_list':
      return `<ul>${elements.map((one) => `<li>${(one.elements as Json[]).map(inline).join('')}</li>`).join('')}</ul>`;
    default:
      return `<mark>${esc(value.type)}</mark>`;
  }
};

const textObject = (value: Json): string => {
  if (value.type === 'plain_text') return esc(value.text).replaceAll('\n', '<br>');
  return esc(value.text).replace(/&lt;!date\^(\d+)\^.*?&gt;/g, (_, seconds) => dateOf(Number(seconds)));
};

const element = (value: Json): string => {
  switch (value.type) {
    case 'button':
      return `<button class="${esc(value.style ?? '')}">${textObject(value.text as Json)}</button>`;
    case 'static_select':
    case 'multi_external_select':
      return `<button class="select">${textObject(value.placeholder as Json)} ▾</button>`;
    case 'radio_buttons':
      return (value.options as Json[])
        .map((one) => `<label>○ ${textObject(one.text as Json)}</label>`)
        .join('');
    case 'plain_text_input':
      return `<div class="input${value.multiline ? ' tall' : ''}">${esc(value.initial_value ?? '')}</div>`;
    default:
      return `<mark>${esc(value.type)}</mark>`;
  }
};

const block = (value: Json): string => {
  switch (value.type) {
    case 'rich_text':
      return `<div class="block rich">${(value.elements as Json[]).map(richElement).join('')}</div>`;
    case 'context':
      return `<div class="block context">${(value.elements as Json[]).map((one) => `<span>${textObject(one)}</span>`).join('')}</div>`;
    case 'actions':
      return `<div class="block actions">${(value.elements as Json[]).map(element).join('')}</div>`;
    case 'section':
      return `<div class="block with">${value.text ? `<div>${textObject(value.text as Json)}</div>` : ''}${value.accessory ? element(value.accessory as Json) : ''}</div>`;
    case 'header':
      return `<h3 class="block">${textObject(value.text as Json)}</h3>`;
    case 'input':
      return `<div class="block field"><b>${textObject(value.label as Json)}</b>${element(value.element as Json)}</div>`;
    case 'table':
      return `<table class="block">${(value.rows as Json[][]).map((row) => `<tr>${row.map((cell) => `<td>${esc(cell.text)}</td>`).join('')}</tr>`).join('')}</table>`;
    case 'divider':
      return '<hr>';
    default:
      return `<mark>${esc(value.type)}</mark>`;
  }
};

const style = `
body { margin: 0; background: #fff; color: #1d1c1d; font: 15px/1.46668 Lato, 'Liberation Sans', 'Noto Color Emoji', sans-serif; }
.message { display: flex; gap: 8px; padding: 8px 20px; max-width: 760px; }
.avatar { flex: none; width: 36px; height: 36px; border-radius: 8px; background: #4a154b; color: #fff; font-weight: 700; display: grid; place-items: center; }
.body { min-width: 0; flex: 1; }
.who b { font-weight: 900; } .who span { color: #616061; font-size: 12px; margin-left: 6px; }
.who .app { background: #ddd; border-radius: 2px; font-size: 10px; font-weight: 700; padding: 1px 3px; }
.block { margin: 4px 0 8px; overflow-wrap: anywhere; } .rich > * { margin: 0 0 4px; }
blockquote { border-left: 4px solid #ddd; padding-left: 12px; margin: 4px 0; }
pre { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 8px; font: 12px/1.5 'Liberation Mono', monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
code { background: #f8f8f8; border: 1px solid #ddd; border-radius: 3px; color: #c01343; font: 12px 'DejaVu Sans Mono', monospace; padding: 2px 3px; }
ul { padding-left: 24px; } .emoji { font-family: 'Noto Color Emoji'; font-size: 15px; }
.context { color: #616061; font-size: 12px; line-height: 1.5; } .context span { margin-right: 8px; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; }
button { font: 700 13px Lato, 'Liberation Sans', sans-serif; height: 32px; padding: 0 12px; border: 1px solid #bbb; border-radius: 8px; background: #fff; color: #1d1c1d; max-width: 240px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
button.primary { background: #007a5a; color: #fff; border-color: #007a5a; } button.danger { background: #fff; color: #e01e5a; border-color: #e01e5a; }
.with { display: flex; justify-content: space-between; gap: 16px; } .mention { background: #e8f5fa; color: #1264a3; }
table { border-collapse: collapse; } td { border: 1px solid #ddd; padding: 6px 10px; } tr:first-child td { font-weight: 700; }
.field b { display: block; margin-bottom: 4px; } .input { border: 1px solid #bbb; border-radius: 8px; padding: 8px; min-height: 18px; white-space: pre-wrap; } .tall { min-height: 60px; }
.modal, .home { border: 1px solid #ddd; border-radius: 8px; padding: 0 20px 12px; margin: 8px 20px; max-width: 520px; } .modal h2 { font-size: 18px; } label { display: block; }
h2.name { font-size: 12px; color: #999; margin: 16px 20px 0; font-weight: 400; }
@media (max-width: 500px) { .actions button { flex: 1 1 45%; height: 40px; } body { font-size: 16px; } .message { padding: 8px 12px; } }
`;

export const drawMessage = (blocks: readonly unknown[]): string =>
  `<div class="message"><div class="avatar">N</div><div class="body"><div class="who"><b>Nerdy</b> <span class="app">APP</span><span>3:04 AM</span></div>${(blocks as Json[]).map(block).join('')}</div></div>`;

export const drawView = (view: unknown): string => {
  const { type, title, submit, blocks } = view as Json;
  const head = title ? `<h2>${textObject(title as Json)}</h2>` : '';
  const foot = submit
    ? `<div class="actions"><button class="primary">${textObject(submit as Json)}</button></div>`
    : '';
  return `<div class="${esc(type)}">${head}${(blocks as Json[]).map(block).join('')}${foot}</div>`;
};

/** @param parts the drawings, each under its name; null for none. */
export const page = (parts: readonly { name: string | null; html: string }[]): string =>
  `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${style}</style>${parts
    .map(({ name, html }) => `${name === null ? '' : `<h2 class="name">${esc(name)}</h2>`}${html}`)
    .join('')}`;
