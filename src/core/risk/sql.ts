import type { Verdict } from './effect.ts';
import type { Call } from './rule.ts';
import { readingFunction } from './sql-functions.ts';
import { named, say } from './verdicts.ts';

/** Whose quotes and comments a text of SQL has. `any` is read in each way, and the worst counts. */
export type Dialect = 'postgres' | 'mysql' | 'sqlite' | 'any';

/** What is a comment or a quoted text. Sources: PostgreSQL 4.1 (no escapes in '…'), MySQL 9.1 and 9.7 (`-- ` and `#`). */
const quoted: Readonly<Record<Exclude<Dialect, 'any'>, RegExp>> = {
  postgres:
    /\/\*[\s\S]*?\*\/|--[^\n]*|\b[eE]'(?:''|\\.|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|\$(\w*)\$[\s\S]*?\$\1\$/g,
  mysql:
    /\/\*(?!M?!)[\s\S]*?\*\/|--(?=\s|$)[^\n]*|#[^\n]*|'(?:''|\\.|[^'\\])*'|"(?:""|\\.|[^"\\])*"|`[^`]*`/g,
  sqlite: /\/\*[\s\S]*?\*\/|--[^\n]*|'(?:''|[^'])*'|"(?:""|[^"])*"|`[^`]*`|\[[^\]]*\]/g,
};

const readers =
  /^(select|show|explain|describe|desc|values|table|pragma|with|begin|commit|rollback|start transaction|use|help|analyze verbose-)\b/i;
const destroyers =
  /^(drop|truncate|delete|update|alter\s+table\s+[^;]*?\sdrop|purge|shutdown|reset\s+(master|slave|persist))\b/i;
/** What changes things from within a query. */
const acting =
  /\b(into\s+(outfile|dumpfile|strict|temp|temporary|unlogged|@?[a-z_]\w*)|for\s+(update|no\s+key|share)|copy|insert|update|delete|drop|truncate|alter|create|grant|merge|replace\s+into|call|execute)\b/i;

/** What a text of SQL does: each statement by its first word, and by the words that act from within a query. */
export const sqlVerdicts = (sql: string, dialect: Dialect, call: Call): readonly Verdict[] => {
  const dialects = dialect === 'any' ? (['postgres', 'mysql'] as const) : [dialect];
  const found = dialects.flatMap((each) => statementsOf(sql, each).flatMap((text) => ofStatement(text)));
  const shelled = [...sql.matchAll(shell)].flatMap(([, , a, b]) => call.runsText((a ?? b ?? '').trim()));
  if (/\bprogram\s*['$E]/i.test(sql)) found.push(say('undecidable', 'lets the database start a program'));
  if (found.length === 0 && shelled.length === 0) found.push(say('unknown', 'holds no statement'));
  return [...found, ...shelled];
};
/** What a client hands to a shell: `\! x`, `system x`, `.shell x`, `to program 'x'`. */
const shell = /(?:^|[\n;])[ \t]*(\\!|\.shell\b|\.system\b|system\s)([^\n]*)|\bprogram\s*'((?:''|[^'])*)'/gi;

/** Statements with their quoted texts emptied; a client's own command ends with its line. */
const statementsOf = (sql: string, dialect: Exclude<Dialect, 'any'>): readonly string[] => {
  const bare = sql.replace(quoted[dialect], (piece) => (/^(--|\/\*|#)/.test(piece) ? ' ' : "''"));
  return (
    bare
      .split(/\n(?=\s*[\\.])/)
      .flatMap((part) => {
        const meta = /^\s*([\\.][^\n]*)(?:\n([\s\S]*))?$/.exec(part);
        return meta ? [meta[1] ?? '', ...(meta[2] ?? '').split(';')] : part.split(';');
      })
      // `\G` and `\gx` only say how to print.
      .map((text) => text.trim().replace(/(?<=\S)\s*\\(G|g|gx|x)$/, ''))
      .filter((text) => text !== '')
  );
};

const ofStatement = (text: string): Verdict => {
  if (/^[\\.]/.test(text)) return metaCommand(text);
  if (/\\/.test(text)) return say('unknown', 'holds a command of the client');
  const analyzed =
    /^(?:explain|describe|desc)\s*(?:analyze\b|\([^)]*\banalyze\b[^)]*\))\s*(?:verbose\b)?([\s\S]*)$/i.exec(
      text,
    );
  if (analyzed) return ofStatement((analyzed[1] ?? '').trim() || 'select 1');
  if (destroyers.test(text)) return say('destroys', `runs ${firstWord(text)} on data`);
  const isShown = /^(show|explain|desc|describe)\b/i.test(text);
  if (!isShown && /\b(drop|truncate|delete\s+from)\b/i.test(text))
    return say('destroys', 'holds a statement that removes data');
  if (isShown) return /\binto\b/i.test(text) ? named.writes : named.reads;
  if (/^pragma\b/i.test(text)) return ofPragma(text);
  if (!readers.test(text)) return say('writes', `runs ${firstWord(text)}`);
  if (acting.test(text)) return say('writes', 'holds something that acts from within a query');
  const unknown = unknownFunction(text);
  return unknown ? say('unknown', `calls ${unknown}(), which may do anything`) : named.reads;
};

const ofPragma = (text: string): Verdict =>
  /[=]|\((?!['\w.]*\)$)/.test(text) ||
  /\b(optimize|wal_checkpoint|incremental_vacuum|writable_schema)\b/i.test(text)
    ? named.writes
    : named.reads;

/** A function that nobody has listed may do anything: the database lets people write their own. */
const unknownFunction = (text: string): string | null => {
  for (const [, name = ''] of text.matchAll(/([a-z_][\w.]*)\s*\(/gi)) {
    if (
      !readingFunction(name) &&
      !new RegExp(`\\b(with|,)\\s+(recursive\\s+)?${name}\\s*\\(`, 'i').test(text)
    )
      return name;
  }
  return null;
};

const firstWord = (text: string): string => (/^\w+/.exec(text)?.[0] ?? text.slice(0, 12)).toUpperCase();

/** psql's and sqlite's own commands. */
const metaCommand = (text: string): Verdict =>
  /^\\(d|l|dt|du|dn|di|df|dv|dp|conninfo|encoding|timing|x|dS|q|list)[a-zA-Z+]*([ \t]+[\w.*"'+]*)*$/.test(
    text,
  ) ||
  /^\.(tables?|schema|indexes|indices|databases|dbinfo|mode|headers?|width|show|quit|exit|fullschema|stats|timer|separator|nullvalue)\b[^|\n]*$/.test(
    text,
  )
    ? named.reads
    : say('unknown', 'runs a command of the client');
