import type { Server } from 'node:http';
import type { Config } from './config.ts';
import { posixInstallLine, windowsInstallLine } from './core/install-line.ts';
import { Enrolment } from './flow/enrol.ts';
import type { JoinLines } from './http/agents.ts';
import { downloadServer } from './http/download-server.ts';
import { InstallFiles } from './http/install-files.ts';
import { FileAuthority } from './pki/file-authority.ts';
import type { CertificateAuthority } from './ports/certificate-authority.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Store } from './ports/store.ts';
import { identityFileNames } from './system/data-files.ts';
import { ownAddress } from './system/own-address.ts';
import { PrivateFile } from './system/private-file.ts';

/** What other machines meet: who vouches for whom, how they join, and what they fetch. */
export interface OuterDoor {
  authority: CertificateAuthority;
  enrolment: Enrolment;
  installFiles: InstallFiles;
  /** What is pasted on a machine that is to join; null where there is nothing to fetch or nowhere to fetch it. */
  lines: (token: string) => Promise<JoinLines | null>;
  downloads: Server;
  /** `host:port` at which machines reach the TLS port; null where it isn't open. */
  address: () => string | null;
}

/** @param parts.port of the TLS port once it is open, null before and where it isn't. @throws KeyFileError, AuthorityFileError. */
export const openOuterDoor = async (
  { config, packageDir, log }: { config: Config; packageDir: string; log: Log },
  parts: {
    store: Store;
    clock: Clock;
    serverId: string;
    inDataDir: (name: string) => string;
    port: () => number | null;
  },
): Promise<OuterDoor> => {
  const { store, clock, serverId } = parts;
  const file = new PrivateFile(parts.inDataDir(identityFileNames.authority), {
    holds: 'the keys of the certificate authority',
    remedy:
      'then move the file away and let every machine join again, since they may have a copy of the keys',
  });
  const certificateMs = config.grpc.certificateMs;
  const authority = await FileAuthority.open(file, { serverId, now: clock.now(), certificateMs });
  const address = (): string | null => addressOf(config.grpc, parts.port());
  const enrolment = new Enrolment({ store, authority, roster: config.policy.roster, clock, log, address });
  const gateway = () => {
    const at = address();
    return at === null ? null : { address: at, spkiPin: authority.gatewayPin };
  };
  const installFiles = new InstallFiles({ packageDir, gateway });
  const lines = async (token: string): Promise<JoinLines | null> => {
    const [at, ps1Sha256] = [gateway(), await installFiles.ps1Sha256()];
    if (!at || !ps1Sha256) return null;
    const { address, spkiPin } = at;
    return {
      posix: posixInstallLine({ token, address, spkiPin }),
      windows: windowsInstallLine({ token, address, ps1Sha256 }),
    };
  };
  return {
    authority,
    enrolment,
    installFiles,
    lines,
    downloads: await downloadServer(installFiles, log),
    address,
  };
};

/** As it is set; else where the port is, by an address that other machines can mean. */
const addressOf = ({ address, host }: Config['grpc'], port: number | null): string | null => {
  if (port === null) return null;
  if (address !== null) return address;
  const named = host === '0.0.0.0' || host === '::' ? ownAddress() : host;
  return `${named.includes(':') ? `[${named}]` : named}:${port}`;
};
