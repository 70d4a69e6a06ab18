import type { Interpreter } from '../core/script.ts';

/** A parameter in a script, `{{service}}`. Go templates like `{{.Names}}` are not touched. */
const inScript = /\{\{\s*([a-z][\w-]*)\s*\}\}/gi;
/** A parameter in an example, `{service}`. */
export const inExample = /\{([a-z][\w-]*)\}/gi;

/** Names of the parameters that a script uses. */
export const scriptParameters = (text: string): string[] => [
  ...new Set([...text.matchAll(inScript)].map((m) => m[1] ?? '')),
];

/** Replaces every parameter at once, so that a value that looks like a parameter stays a value. */
export const replaceParameters = (text: string, valueFor: (name: string) => string): string =>
  text.replace(inScript, (_, name: string) => valueFor(name));

/**
 * Names of the parameters that stand inside quotes or a here-document. The quoter makes a value one word only
 * where the shell reads words: inside double quotes its single quotes are plain characters and `$( )` in the
 * value would run (law 5). `$( )` inside double quotes is read as words again.
 */
export const quotedParameters = (interpreter: Interpreter, text: string): string[] => {
  const escaper = interpreter === 'bash' ? '\\' : '`';
  const starts = new Map([...text.matchAll(inScript)].map((m) => [m.index, m[1] ?? '']));
  const quoted: string[] = [];
  // The innermost open construct is last: a quote, or "(" for a command substitution.
  const open: string[] = [];
  const heredoc = /<<-?\s*["'\\]?[A-Za-z_]|@["']\r?\n/.exec(text)?.index ?? text.length;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    const inner = open.at(-1);
    const name = starts.get(at);
    if (name !== undefined && (inner === '"' || inner === "'" || at > heredoc)) quoted.push(name);
    if (inner === "'") {
      if (char === "'") open.pop();
    } else if (char === escaper) at += 1;
    else if (char === '$' && text[at + 1] === '(') {
      open.push('(');
      at += 1;
    } else if (char === '"') {
      if (inner === '"') open.pop();
      else open.push('"');
    } else if (inner === '"') continue;
    else if (char === "'") open.push("'");
    else if (char === '(') open.push('(');
    else if (char === ')' && inner === '(') open.pop();
    else if (char === '#' && /^\s?$/.test(text[at - 1] ?? '')) {
      // A comment's apostrophe opens nothing.
      const end = text.indexOf('\n', at);
      if (end < 0) break;
      at = end;
    }
  }
  return [...new Set(quoted)];
};

/** Matches a parameter's whole value. */
export const parameterPattern = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
