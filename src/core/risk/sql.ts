import type { Verdict } from './effect.ts';
import { named, say } from './verdicts.ts';

/** Comments and quoted texts out, so that a word in them is no keyword. */
const bare = (sql: string): string =>
  sql.replace(
    /\/\*(?!!)[\s\S]*?\*\/|--[^\n]*|'(?:''|\\.|[^'\\])*'|"(?:""|[^"])*"|`[^`]*`|\$(\w*)\$[\s\S]*?\$\1\$/g,
    (piece) => (/^(--|\/\*)/.test(piece) ? ' ' : "''"),
  );

const readers =
  /^(select|show|explain|describe|desc|values|table|pragma|with|begin|commit|rollback|start transaction|use|help|analyze verbose-)\b/i;
const destroyers =
  /^(drop|truncate|delete|update|alter\s+table\s+\S+\s+drop|purge|reset\s+(master|slave))\b/i;
/** What changes things from within a query. */
const acting =
  /\b(into\s+(outfile|dumpfile|strict|temp|temporary|unlogged|[a-z_]\w*)|for\s+update|pg_(terminate|cancel)_backend|pg_reload_conf|pg_(read|write|ls)\w*_?(file|dir)\w*|lo_(import|export|unlink)|dblink\w*|setval|nextval|set_config|pg_switch_wal|pg_promote|pg_rotate_logfile|load_file|load_extension|writefile|readfile|edit|sys_exec|sys_eval|xp_cmdshell|copy|insert|update|delete|drop|truncate|alter|create|grant|merge|replace\s+into|call|execute|pg_advisory\w*|pg_sleep|sleep|benchmark|get_lock|query_to_xml)\b/i;

/** What a text of SQL does: each statement by its first word, and by the words that act from within a query. */
export const sqlVerdicts = (sql: string): readonly Verdict[] => {
  const statements = bare(sql)
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (statements.length === 0) return [say('unknown', 'holds no statement')];
  return statements.map(ofStatement);
};

const ofStatement = (text: string): Verdict => {
  const body = text.replace(/^(explain|desc|describe)\s+(?!analyze\b|\(.*analyze|.*\banalyze\b)/i, 'show ');
  if (/^\\|^\./.test(text)) return metaCommand(text);
  if (destroyers.test(text)) return say('destroys', `runs ${firstWord(text)} on data`);
  const drops = /\b(drop|truncate|delete\s+from)\b/i.test(text) && !/^(show|explain|desc)/i.test(text);
  if (drops) return say('destroys', 'holds a statement that removes data');
  if (/^(show|desc|describe)\b/i.test(body)) return /\binto\b/i.test(body) ? named.writes : named.reads;
  if (/^pragma\b/i.test(text))
    return /[=]|\((?!['\w.]*\)$)/.test(text) ||
      /\b(optimize|wal_checkpoint|incremental_vacuum|writable_schema)\b/i.test(text)
      ? named.writes
      : named.reads;
  if (!readers.test(text)) return say('writes', `runs ${firstWord(text)}`);
  return acting.test(
    text
      .replace(/^explain\s+/i, '')
      .replace(/^\w+/, (first) => (/^(select|with|values|table)$/i.test(first) ? '' : first)),
  )
    ? say('writes', 'holds something that acts from within a query')
    : named.reads;
};

const firstWord = (text: string): string => (/^\w+/.exec(text)?.[0] ?? text.slice(0, 12)).toUpperCase();

/** psql's and sqlite's own commands. */
const metaCommand = (text: string): Verdict =>
  /^\\(d|l|dt|du|dn|di|df|dv|dp|conninfo|encoding|timing|x|dS|q|list)[a-zA-Z+]*(\s+[\w.*"'+]*)*$/.test(
    text,
  ) ||
  /^\.(tables?|schema|indexes|indices|databases|dbinfo|mode|headers?|width|show|quit|exit|fullschema|stats)\b[^|]*$/.test(
    text,
  )
    ? named.reads
    : say('unknown', 'runs a command of the client');
