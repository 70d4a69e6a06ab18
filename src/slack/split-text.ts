/**
 * Cuts a text into pieces of at most `charsMax` UTF-16 units, which joined give the text again. Cuts stand where a
 * reader would make them: after an empty line, before a line that begins at the margin, after a line, after a word,
 * and in the middle of a word only where that is longer than a piece.
 */
export const splitText = (text: string, charsMax: number): string[] => {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > charsMax) {
    const at = placeToCut(rest, charsMax);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  if (rest !== '' || pieces.length === 0) pieces.push(rest);
  return pieces;
};

/** A place before half of the piece would make many small ones. */
const placeToCut = (text: string, charsMax: number): number => {
  const head = text.slice(0, charsMax + 1);
  for (const place of [/\n\n(?=\S)/g, /\n(?=\S)/g, /\n/g, /\s(?=\S)/g]) {
    const at = [...head.matchAll(place)]
      .map((found) => found.index + found[0].length)
      .filter((end) => end <= charsMax)
      .at(-1);
    if (at !== undefined && at >= charsMax / 2) return at;
  }
  return /[\uD800-\uDBFF]/.test(text[charsMax - 1] ?? '') && charsMax > 1 ? charsMax - 1 : charsMax;
};

/** A part of words that somebody or a model wrote: a fence of code, or what stands between them. */
export interface Part {
  kind: 'words' | 'code';
  text: string;
}

/** Takes fences of three backticks apart. One that is never closed, since the text is still being written, ends with it. */
export const fencedParts = (text: string): Part[] => {
  const parts: Part[] = [];
  let kind: Part['kind'] = 'words';
  let lines: string[] = [];
  const close = (): void => {
    const body = lines.join('\n').replace(/^\n+|\n+$/g, '');
    if (body.trim() !== '') parts.push({ kind, text: body });
    lines = [];
  };
  for (const line of text.split('\n')) {
    if (!/^\s{0,3}```[\w+-]*\s*$/.test(line)) {
      lines.push(line);
      continue;
    }
    close();
    kind = kind === 'words' ? 'code' : 'words';
  }
  close();
  return parts;
};
