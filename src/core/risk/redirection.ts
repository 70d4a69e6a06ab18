import type { Redirect } from 'unbash';
import { Effect, Risk, type Verdict } from './effect.ts';
import { isSecretPath, Place, placeOf, tidyPath } from './paths.ts';
import { named, say } from './verdicts.ts';
import type { Arg } from './word.ts';

/** Files that decide what runs later, or who may log in. */
const startup =
  /(^|\/)(\.(bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|zshrc|zprofile|zshenv|cshrc|kshrc|inputrc|xinitrc|xprofile|pam_environment|vimrc|gitconfig)|authorized_keys2?|crontab|rc\.local)$|(^|\/)\.(git|ssh|gnupg|config\/(systemd|autostart))\/|(^|\/)cron(\.[a-z]+|tabs)?\//;
const systemOwned =
  /^\/(etc|boot|usr|bin|sbin|lib|lib32|lib64|sys|proc|root|private\/etc|System|Library)(\/|$)/;

/** What it means to write to a file of that name. */
export const writeTo = (target: Arg | string, how = 'writes to'): readonly Verdict[] => {
  const path = typeof target === 'string' ? target : (target.value ?? target.lead);
  const shown = typeof target === 'string' ? target : target.text;
  if (/^\/dev\/(tcp|udp)\//.test(path)) return [say('sends', `sends data to ${shown}`)];
  const place = placeOf(path);
  if (place === Place.nowhere && (typeof target === 'string' || target.value !== null)) return [];
  if (place === Place.device) return [say('ruins', `overwrites the disk ${shown}`)];
  const tidy = tidyPath(path);
  if (startup.test(tidy) || systemOwned.test(tidy) || /^\/proc\/|^\/dev\/(mem|kmem|port)$/.test(tidy))
    return [
      {
        risk: Risk.dangerous,
        effects: [Effect.writesFiles],
        why: `${how} ${shown}, which the system goes by`,
      },
    ];
  return [say('writes', `${how} ${shown}`)];
};

/** Opening it arms it: the machine restarts unless somebody goes on writing to it. */
export const isWatchdog = (path: string): boolean => /^\/dev\/watchdog\d*$/.test(tidyPath(path));

/** What one redirection does, whatever command it belongs to. */
export const redirectionVerdicts = (redirect: Redirect, target: Arg): readonly Verdict[] => {
  const { operator } = redirect;
  const value = target.value ?? target.lead;
  if (operator === '<&' || operator === '>&') {
    if (/^(\d+-?|-)$/.test(value)) return [];
    if (operator === '<&') return target.value === null ? [] : [named.reads];
    // `>& $fd` moves a descriptor; with a name it writes a file.
    if (target.value === null && target.lead === '') return [say('writes', `writes to ${target.text}`)];
  }
  if (operator === '<') {
    if (/^\/dev\/(tcp|udp)\//.test(value))
      return [say('network', `reads from the network at ${target.text}`)];
    if (isWatchdog(value)) return [say('stops', 'opens the watchdog, which restarts the machine')];
    if (placeOf(value) === Place.device) return [say('secrets', `reads the raw disk ${target.text}`)];
    if (isSecretPath(target.value ?? target.shape ?? value, target.value !== null && target.isGlob))
      return [say('secrets', `reads the secret ${target.text}`)];
    return [named.reads];
  }
  return writeTo(target);
};
