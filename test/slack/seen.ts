type Json = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** All that a reader sees of blocks as words, in order, lines where Slack draws some. */
export const wordsOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(wordsOf).join('');
  if (!isObject(value)) return '';
  if (typeof value.text === 'string') return value.text + (value.type === 'text' ? '' : '\n');
  const inside = [
    'label',
    'text',
    'placeholder',
    'elements',
    'rows',
    'options',
    'element',
    'accessory',
    'title',
    'blocks',
  ]
    .map((key) => wordsOf(value[key]))
    .join('');
  return /^rich_text_|^actions$|^context$/.test(String(value.type)) ? `${inside}\n` : inside;
};

/** What is written on the buttons and menus, in order. */
export const buttonsOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(buttonsOf);
  if (!isObject(value)) return [];
  if (value.type === 'button') return [wordsOf(value.text).trim()];
  if (value.type === 'static_select') return [wordsOf(value.placeholder).trim()];
  return Object.values(value).flatMap(buttonsOf);
};
