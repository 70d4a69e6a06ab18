import type { Meaning } from '../rule.ts';
import { say } from '../verdicts.ts';

/**
 * What a cmdlet does by its verb, for the thousands that no catalogue lists. Microsoft's approved verbs have a fixed
 * meaning, and `Get` never changes what it gets.
 * Source: "Approved Verbs for PowerShell Commands".
 */
const verbs: Readonly<Record<string, Meaning>> = {
  ...each('get test find search show measure wait resolve', say('reads', 'only reads, by its verb')),
  ...each(
    'set edit update rename move copy join add new write push pop',
    say('writes', 'changes something, by its verb'),
  ),
  ...each(
    'enable disable register unregister install uninstall',
    say('services', 'changes how the system works'),
  ),
  ...each('start stop restart suspend resume', say('services', 'starts or stops something')),
  ...each('remove clear reset dismount', say('deletes', 'removes something, by its verb')),
  ...each('grant revoke block unblock protect unprotect lock unlock', say('permissions', 'changes rights')),
  ...each('send publish', say('sends', 'sends something out, by its verb')),
  ...each('connect enter receive request', say('network', 'talks to another system')),
};

function each(names: string, meaning: Meaning): Record<string, Meaning> {
  return Object.fromEntries(names.split(' ').map((name) => [name, meaning]));
}

/** `Get` changes nothing, and what it gets may still be nobody's to see. */
const showsSecret =
  /^(get|read|find|search|export|receive|request|show|new)-\w*(secret(value)?|(access|refresh|sas|bearer)?token|password|passphrase|(private|access|account|api|recovery|storage)key|connectionstring)s?$/;

/** The meaning of a cmdlet's verb; null for what isn't named like a cmdlet or has another verb. */
export const verbMeaning = (name: string): Meaning | null => {
  const verb = /^([a-z]+)-[a-z]\w*$/.exec(name)?.[1];
  if (showsSecret.test(name)) return say('secrets', 'shows a secret, by its name');
  return verb === undefined || !Object.hasOwn(verbs, verb) ? null : (verbs[verb] ?? null);
};
