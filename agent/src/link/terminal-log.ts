import type { AgentLog } from '../log.ts';

/** What the link says at each try; the same words in both logs, so that programs may look for them. */
export const notConnected = 'not connected to the gateway, trying again';

interface Place {
  /** The name that this machine asks for. */
  name: string;
  /** Where the server is looked for, as it is shown. */
  server: string;
  /** By the local socket of a server on this machine, which whoever reads this can start. */
  isLocal: boolean;
}

/**
 * For a person at a terminal: one sentence when the server is away, then one quiet line that is written over at each
 * try, instead of a line of JSON for each.
 */
export const createTerminalLog = (
  write: (text: string) => void,
  { name, server, isLocal }: Place,
): AgentLog => {
  let tries = 0;
  const line = (text: string): void => {
    write(`${tries > 1 ? '\r\u001B[K' : ''}${text}\n`);
    tries = 0;
  };
  const told = (fields: object): string => {
    const values = Object.values(fields).filter((v) => typeof v === 'string' && v !== '');
    return values.length === 0 ? '' : ` (${values.join(', ')})`;
  };
  return {
    info: (fields, message) => {
      if (message === 'connected to the gateway') line(`Connected as "${name}". Ctrl-C ends the agent.`);
      else if (message.startsWith('stopping')) line(`Stopping; scripts that run go on.`);
      else if (message !== '') line(`${sentenceOf(message)}${told(fields)}`);
    },
    warn: (fields, message) => {
      if (message !== notConnected) return line(`${sentenceOf(message)}${told(fields)}`);
      tries += 1;
      if (tries === 1) {
        const hint = isLocal
          ? 'Start it with `npm start`, or set NERDY_DATA_DIR to the directory of the one that runs.'
          : 'Check that it runs and that this machine may connect to it.';
        write(
          `No server answers at ${server}. ${hint} Scripts that run go on; the agent keeps trying until Ctrl-C.\n`,
        );
        return;
      }
      const { waitMs } = fields as { waitMs?: number };
      const next = Math.max(1, Math.round((waitMs ?? 0) / 1_000));
      write(`\r\u001B[K  no server yet, try ${tries}; the next in ${next} s`);
    },
    error: (fields, message) => line(`${sentenceOf(message)}${told(fields)}`),
  };
};

const sentenceOf = (message: string): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
