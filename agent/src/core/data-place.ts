import { posix, win32 } from 'node:path';

/** What decides where an agent's data are. */
export interface Surroundings {
  platform: string;
  isRoot: boolean;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Where an agent keeps identity and spool when nobody says otherwise: the machine's place for a service, or a place
 * of their own for somebody who tries it without being root.
 */
export const dataPlace = ({ platform, isRoot, home, env }: Surroundings): string => {
  if (env.NERDY_AGENT_DATA) return env.NERDY_AGENT_DATA;
  if (platform === 'win32') return win32.join(env.ProgramData ?? 'C:\\ProgramData', 'NerdyOps', 'agent');
  if (platform === 'darwin')
    return posix.join(isRoot ? '/' : home, 'Library', 'Application Support', 'NerdyOps', 'agent');
  if (isRoot) return '/var/lib/nerdyops-agent';
  return posix.join(env.XDG_DATA_HOME || posix.join(home, '.local', 'share'), 'nerdyops-agent');
};
