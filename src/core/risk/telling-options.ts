import type { Verdict } from './effect.ts';
import { isKnownOption } from './options.ts';
import type { Rule } from './rule.ts';
import { say } from './verdicts.ts';
import type { Arg } from './word.ts';

/** Words in an option's name that say that it runs, loads or changes something. */
const acts =
  /(^|-)(exec|execute|cmd|hooks?|plugins?|pluginpath|programs?|pager|editor|preload|preprocessor|modules?-(path|dir)|eval|delete|remove|purge|flush|clear|reset|vacuum|rotate|repair|kill|restart|reload|install|upload|script|shell|setopt)(-(cmd|command|path|dir|file|program))?$/;
/** Those that name a file which is written, or which says what to run. */
const filed =
  /(^|-)(log|log-?file|logto|trace-file|out|output|out-?file|output-?(file|dir|directory)|dump|dump-?file|save|save-?(to|as|file)|write|write-?(to|out)|report-?file|configfile|config|config-?(file|dir)|conf|conf-?file|rcfile|init-?file|python)$/;
/** What switches something off, or shows it. */
const spares = /^(no|without|skip|ignore|disable|exclude|show|list|print|hide|only|with|in|by|sort|group)-/;
/** How an output may look, where a name of a file would stand elsewhere. */
const aFormat = /^[\w-]*([=:{,%].*)?$/s;

/**
 * Long options that a rule says nothing of, and whose own names say that they do more than read: no table has them
 * all, and who wrote the program named them for people.
 *
 * @param rule whose options are known; null for a command whose options no rule tells apart.
 */
export const tellingOptions = (args: readonly Arg[], rule: Rule | null): readonly Verdict[] => {
  if (rule?.anyOption) return [];
  for (const [i, arg] of args.entries()) {
    if (arg.value === '--') return [];
    const found = /^--([a-z][\w-]+)(?:=(.*))?$/s.exec(arg.value ?? arg.lead);
    const [, name = '', attached] = found ?? [];
    if (name === '' || spares.test(name) || (rule && isKnownOption(rule, `--${name}`))) continue;
    const next = args[i + 1];
    const value = attached ?? (next ? (next.value ?? '/') : '');
    if (acts.test(name) || (filed.test(name) && !aFormat.test(value)))
      return [say('unknown', `gets --${name}, which may do more than read`)];
  }
  return [];
};
