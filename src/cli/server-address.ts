import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sentence, sentence } from '../core/sentences.ts';
import { tokenFileName } from '../system/data-files.ts';
import { isAlive, readServerNote } from '../system/server-file.ts';
import { CliError, ExitCode } from './exit-code.ts';

/** Where to find the server, the token that proves that we may use it, and what is wrong when that fails. */
export interface ServerAddress {
  url: string;
  token: string;
  whyUnreachable?: () => Sentence;
  whyRefused?: () => Sentence;
}

interface Settings {
  http: { host: string; port: number; isNamed: boolean };
  dataDir: string;
  /** The caller's own; null means the one in the data directory. */
  personalToken: string | null;
}

/**
 * The server of this data directory: where its note says that it listens, unless the settings or `--server` name a
 * place.
 *
 * @throws CliError where no server has ever run with this data directory.
 */
export const serverAddress = (settings: Settings, named: string | undefined): ServerAddress => {
  if (named !== undefined && !/^https?:\/\/[^\s/]+\/?$/.test(named)) {
    const how = 'It takes an address like http://127.0.0.1:5001.';
    throw new CliError(`--server can't be "${named}". ${how}`, ExitCode.usage);
  }
  const { dataDir, http } = settings;
  const note = readServerNote(dataDir);
  const host = http.host.includes(':') ? `[${http.host}]` : http.host;
  const settled = `http://${host}:${http.port}`;
  const url = named?.replace(/\/$/, '') ?? (http.isNamed ? settled : (note?.url ?? settled));
  const whyUnreachable = (): Sentence => {
    if (named !== undefined) return sentence('server_unreachable', { url });
    // Read again: a server may have come or gone since.
    const now = readServerNote(dataDir);
    if (now === null || now.pid === null) return sentence('server_stopped', { dataDir, url });
    if (!isAlive(now.pid)) return sentence('server_gone', { dataDir, pid: now.pid });
    return now.url === url
      ? sentence('server_silent', { url, pid: now.pid })
      : sentence('server_elsewhere', { url, runs: now.url });
  };
  if (settings.personalToken !== null) {
    const whyRefused = (): Sentence => sentence('token_unknown', { url });
    return { url, token: settings.personalToken, whyUnreachable, whyRefused };
  }
  const whyRefused = (): Sentence => sentence('token_refused', { url, dataDir });
  try {
    const token = readFileSync(join(dataDir, tokenFileName), 'utf8').trim();
    return { url, token, whyUnreachable, whyRefused };
  } catch (err) {
    const { code } = err as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? sentence('server_never_ran', { dataDir })
        : sentence('token_unreadable', { path: join(dataDir, tokenFileName), reason: code ?? String(err) });
    throw new CliError(why.text, ExitCode.unreachable);
  }
};
