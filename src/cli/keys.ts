import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { sentence } from '../core/sentences.ts';
import { type KeyLine, keyLine } from '../flow/keys.ts';
import { openDataDirectory } from '../sql/data-directory.ts';
import { identityFileNames } from '../system/data-files.ts';
import { FileSigner } from '../system/file-signer.ts';
import { nodeKeyDisk } from '../system/key-disk.ts';
import { readKeyFile } from '../system/key-file.ts';
import { SystemClock } from '../system/system-clock.ts';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode, ServerDown } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';

export interface KeysOptions {
  json: boolean;
  /** Of the data directory; null where `--server` names a server elsewhere. */
  config: Config | null;
}

/** `nerdy keys`: what the server signs with and has signed with, from the server or from its data directory. */
export const keysCommand = async (client: () => ApiClient, options: KeysOptions): Promise<ExitCode> => {
  print(await askOrElse(() => client().keys(), options, readOffline), options);
  return ExitCode.done;
};

/** `nerdy keys rotate`: a new key, by the running server, or in its data directory while none runs. */
export const rotateCommand = async (client: () => ApiClient, options: KeysOptions): Promise<ExitCode> => {
  const keys = await askOrElse(() => client().rotateKey(), options, rotateOffline);
  print(keys, options);
  const id = keys.at(-1)?.keyId ?? '';
  if (!options.json) {
    console.log(`New approvals are signed with ${id}. Agents follow by themselves when they are connected.`);
  }
  return ExitCode.done;
};

/** Only where nobody answers is the data directory looked at: a server that runs has the last word. */
const askOrElse = async (
  ask: () => Promise<KeyLine[]>,
  { config }: KeysOptions,
  offline: (config: Config) => KeyLine[],
): Promise<KeyLine[]> => {
  try {
    return await ask();
  } catch (err) {
    const hasAnswered = err instanceof ServerDown && !err.isAway;
    const isUnreachable = err instanceof CliError && err.exitCode === ExitCode.unreachable;
    if (!isUnreachable || hasAnswered || config === null) throw err;
    return offline(config);
  }
};

const readOffline = (config: Config): KeyLine[] => {
  const inDataDir = (name: string): string => join(config.dataDir, name);
  const server = nodeKeyDisk.read(inDataDir(identityFileNames.serverId))?.trim() ?? '';
  const read = readKeyFile(inDataDir(identityFileNames.keys), server, nodeKeyDisk);
  if (!read) {
    throw new CliError(sentence('keys_missing', { path: config.dataDir }).text, ExitCode.endedBadly);
  }
  return read.keys.map(keyLine);
};

/** Under the data directory's lock, so that no server signs meanwhile; the next start notes it in the audit log. */
const rotateOffline = (config: Config): KeyLine[] => {
  readOffline(config);
  const directory = openDataDirectory(config.dataDir);
  try {
    const server = nodeKeyDisk.read(join(config.dataDir, identityFileNames.serverId))?.trim() ?? '';
    const now = new SystemClock().now();
    const signer = new FileSigner(join(config.dataDir, identityFileNames.keys), server, now);
    signer.rotate(now, { kind: 'token', surface: 'cli', id: 'local', name: userInfo().username });
    return signer.publicKeys().map(keyLine);
  } finally {
    directory.release();
  }
};

const print = (keys: readonly KeyLine[], { json }: KeysOptions): void => {
  if (json) {
    printJson(keys);
    return;
  }
  for (const { keyId, since, until } of keys) {
    const from = new Date(since).toISOString().slice(0, 16).replace('T', ' ');
    const state = until === null ? paint.green('signs') : paint.dim('verifies what it signed before');
    console.log(`${keyId}  since ${from} UTC  ${state}`);
  }
};
