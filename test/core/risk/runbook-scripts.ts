import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The Bash scripts of all runbooks, with a name where a parameter stands. */
export const runbookScripts: readonly string[] = readdirSync(new URL('../../../runbooks', import.meta.url))
  .filter((name) => name.endsWith('.yml'))
  .flatMap((name) => {
    const text = readFileSync(new URL(`../../../runbooks/${name}`, import.meta.url), 'utf8');
    const { linux, macos } = (parse(text) as { scripts: { linux?: string; macos?: string } }).scripts;
    return [linux, macos].flatMap((script) => (script ? [script.replace(/\{\{\w+\}\}/g, 'web1')] : []));
  });
