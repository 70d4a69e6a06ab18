import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatewayTlsName } from '../../src/core/tls-name.ts';
import { FileAuthority } from '../../src/pki/file-authority.ts';
import {
  agentBackdateMs,
  agentCertificateMs,
  gatewayCertificateMs,
  gatewayRenewBeforeMs,
  requestBytesMax,
} from '../../src/pki/limits.ts';
import { PrivateFile } from '../../src/system/private-file.ts';
import { anAuthority, aRequest } from './request.ts';

const serverId = '0b2f2f0e-7b0a-4c0e-9d51-1f4d6a1c8e11';
const agent = { agentId: 'agent-db1-id', generation: 3 };
/** OpenSSL judges by the machine's clock. */
const now = Math.floor(Date.now() / 1_000) * 1_000;
const kind = { holds: 'the keys of the certificate authority', remedy: 'move it away' };

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nerdyops-pki-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const openFile = () => FileAuthority.open(new PrivateFile(join(dir, 'ca.json'), kind), { serverId, now });
const pem = (der: Buffer): string => new X509Certificate(der).toString();
const written = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
const issued = async (authority: FileAuthority, to = agent, at = now) => {
  const made = await authority.issue((await aRequest()).csr, to, at);
  if (made.kind !== 'issued') throw new Error(made.problem);
  return made;
};

describe('the authority', () => {
  it('is the same after a restart, in a file that its owner alone can read', async () => {
    const first = await openFile();
    const again = await openFile();
    expect(again.fingerprint).toBe(first.fingerprint);
    expect(again.gatewayPin).toBe(first.gatewayPin);
    expect(statSync(join(dir, 'ca.json')).mode & 0o777).toBe(0o600);
    expect(first.fingerprint).toBe(createHash('sha256').update(first.certificate).digest('hex'));
  });

  it('does not open a file that others may read', async () => {
    await openFile();
    chmodSync(join(dir, 'ca.json'), 0o640);
    await expect(openFile()).rejects.toThrow(/Other users may read .*chmod 600/);
  });

  it.each([
    ['no JSON', () => 'nonsense', /can't be used.*Restore it/],
    ['another server', (text: string) => text.replace(serverId, 'server-2'), /of the server server-2/],
    [
      'keys that were swapped',
      (text: string) => {
        const { authorityKey, gatewayKey, ...rest } = JSON.parse(text);
        return JSON.stringify({ ...rest, authorityKey: gatewayKey, gatewayKey: authorityKey });
      },
      /not the one of its certificate/,
    ],
  ])('says what is wrong with a file of %s', async (_, change, said) => {
    await openFile();
    const path = join(dir, 'ca.json');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    await expect(openFile()).rejects.toThrow(said);
  });

  it('can sign for nothing but this server', async () => {
    const text = openssl(
      'x509',
      '-noout',
      '-text',
      '-in',
      written('ca.pem', pem((await openFile()).certificate)),
    );
    for (const line of [
      'CA:TRUE, pathlen:0',
      'Certificate Sign, CRL Sign',
      `DNS:${gatewayTlsName}`,
      `URI:${serverId}`,
      'IP:0.0.0.0/0.0.0.0',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/Name Constraints: critical/);
  });
});

describe("an agent's certificate", () => {
  it('is good for a client, and for nothing else', async () => {
    const authority = await openFile();
    const { certificate, until } = await issued(authority);
    const ca = written('ca.pem', pem(authority.certificate));
    const leaf = written('agent.pem', pem(certificate));
    const verify = (purpose: string) =>
      openssl('verify', '-x509_strict', '-purpose', purpose, '-CAfile', ca, leaf);
    expect(verify('sslclient')).toContain('OK');
    expect(() => verify('sslserver')).toThrow(/unsuitable certificate purpose/);
    const read = new X509Certificate(certificate);
    expect(new Date(read.validFrom).getTime()).toBe(now - agentBackdateMs);
    expect(new Date(read.validTo).getTime()).toBe(until);
    expect(until).toBe(now + agentCertificateMs);
    expect(authority.agentOf(certificate)).toEqual(agent);
  });

  it('says nothing of what its request asked for', async () => {
    const { certificate } = await issued(await openFile());
    expect(new X509Certificate(certificate).subject).toBe('CN=agent-db1-id');
  });

  it('has a serial number of its own', async () => {
    const authority = await openFile();
    const [one, other] = [await issued(authority), await issued(authority)];
    const serial = (der: Buffer) => new X509Certificate(der).serialNumber;
    expect(serial(one.certificate)).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(serial(one.certificate)).not.toBe(serial(other.certificate));
  });

  it('names the digest of its key', async () => {
    const { csr, key } = await aRequest();
    const made = await (await openFile()).issue(csr, agent, now);
    const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
    expect(made).toMatchObject({ keyDigest: createHash('sha256').update(spki).digest('hex') });
  });

  it('is of nobody where another server made it, or where it is no certificate', async () => {
    const authority = await openFile();
    const other = await anAuthority({ serverId: 'server-2', now });
    expect(authority.agentOf((await issued(other)).certificate)).toBeNull();
    expect(authority.agentOf(Buffer.from('nonsense'))).toBeNull();
    expect(authority.agentOf(authority.certificate)).toBeNull();
    const { chain } = await authority.gatewayCredentials(now);
    expect(authority.agentOf(new X509Certificate(chain).raw)).toBeNull();
  });
});

describe('a request for a certificate', () => {
  const problemOf = async (csr: Buffer): Promise<string> => {
    const made = await (await openFile()).issue(csr, agent, now);
    return made.kind === 'refused' ? made.problem : 'issued';
  };

  it.each([
    ['nothing', async () => Buffer.alloc(0), 'is empty'],
    ['noise', async () => randomBytes(300), 'is no PKCS #10 in DER'],
    ['too much', async () => Buffer.alloc(requestBytesMax + 1), `has more than ${requestBytesMax} bytes`],
    ['another curve', async () => (await aRequest('P-384')).csr, 'has a key that is not of the curve P-256'],
    ['half a request', async () => (await aRequest()).csr.subarray(0, 100), 'is no PKCS #10 in DER'],
  ])('that is %s is refused', async (_, make, problem) => {
    expect(await problemOf(await make())).toBe(problem);
  });

  it('that somebody else signed is refused', async () => {
    const { csr } = await aRequest();
    const at = csr.length - 5;
    csr[at] = (csr[at] ?? 0) ^ 1;
    expect(await problemOf(csr)).toBe('is not signed with its own key');
  });

  it('of any bytes changed leads to a refusal or a certificate, never to a fault', async () => {
    const { csr } = await aRequest();
    const authority = await openFile();
    for (let at = 0; at < csr.length; at += 3) {
      const changed = Buffer.from(csr);
      changed[at] = (changed[at] ?? 0) ^ 0x15;
      expect(['issued', 'refused']).toContain((await authority.issue(changed, agent, now)).kind);
    }
  });

  it('of OpenSSL is taken', async () => {
    const path = join(dir, 'request.der');
    openssl(
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', join(dir, 'key.pem'), '-subj', '/CN=x', '-outform', 'DER', '-out', path],
    );
    expect(await problemOf(readFileSync(path))).toBe('issued');
  });
});

describe("the gateway's certificate", () => {
  it('is good for the one name', async () => {
    const authority = await openFile();
    const { chain, until } = await authority.gatewayCredentials(now);
    expect(until).toBe(now + gatewayCertificateMs);
    const ca = written('ca.pem', pem(authority.certificate));
    const leaf = written('gateway.pem', chain);
    const verify = (name: string) =>
      openssl(
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-verify_hostname',
        name,
        '-CAfile',
        ca,
        leaf,
      );
    expect(verify(gatewayTlsName)).toContain('OK');
    expect(() => verify('example.com')).toThrow(/hostname mismatch/i);
  });

  it('is made anew in time, of the same key', async () => {
    const authority = await openFile();
    const first = await authority.gatewayCredentials(now);
    const later = now + gatewayCertificateMs - gatewayRenewBeforeMs;
    expect((await authority.gatewayCredentials(later)).chain).toBe(first.chain);
    const next = await authority.gatewayCredentials(later + 1_000);
    expect(next.until).toBe(later + 1_000 + gatewayCertificateMs);
    expect(next.key).toBe(first.key);
    const spki = new X509Certificate(next.chain).publicKey.export({ type: 'spki', format: 'der' });
    expect(createHash('sha256').update(spki).digest('base64')).toBe(authority.gatewayPin);
  });
});
