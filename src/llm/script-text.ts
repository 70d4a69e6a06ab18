/** A line that opens or closes a fence of Markdown, with the language that it names. */
const fence = /^\s*(?:```|~~~)\s*([\w+-]*)\s*$/;
const shells = ['bash', 'sh', 'shell', 'zsh', 'console', 'powershell', 'pwsh', 'ps1', 'ps'];

/**
 * The script in what a model wrote for one: the fence around it and the prose before and after are cut. Where it
 * isn't plain which part is the script, the text stays as it is: a here-document may hold fences of its own, and
 * cutting there would silently make another script.
 */
export const scriptIn = (text: string): string => {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  const fences = lines.flatMap((line, at) => (fence.test(line) ? [at] : []));
  const [open, close] = fences;
  if (open === undefined || fences.length > 2) return text;
  const before = lines.slice(0, open).join('\n').trim();
  const language = fence.exec(lines[open] ?? '')?.[1]?.toLowerCase() ?? '';
  const isProseBefore = before !== '' && shells.includes(language) && !/<<|@["']/.test(before);
  if (before !== '' && !isProseBefore) return text;
  return lines.slice(open + 1, close ?? lines.length).join('\n');
};

/**
 * The JSON value in a model's text, null where there is none. Local models think aloud first, or put a fence or a
 * sentence around it: what counts is from the first brace to the last.
 */
export const jsonIn = (text: string): unknown => {
  const said = withoutThinking(text);
  const from = said.indexOf('{');
  const to = said.lastIndexOf('}');
  if (from < 0 || to < from) return null;
  try {
    return JSON.parse(said.slice(from, to + 1));
  } catch {
    return null;
  }
};

/** Text without the thinking that local reasoning models put before it in tags of their own. */
export const withoutThinking = (text: string): string => {
  const said = text.trimStart();
  if (!said.startsWith('<think>')) return '<think>'.startsWith(said) ? '' : said;
  const end = said.indexOf('</think>');
  return end < 0 ? '' : said.slice(end + '</think>'.length).trimStart();
};
