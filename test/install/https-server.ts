import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import Fastify, { type FastifyInstance } from 'fastify';
import { installRoutes } from '../../src/http/install.ts';
import { InstallFiles } from '../../src/http/install-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A certificate that nobody vouches for, as the gateway's is to a machine that has not joined; and its key's pin. */
const makeIdentity = async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=gateway.nerdyops.internal',
    keys,
    signingAlgorithm: algorithm,
    serialNumber: randomBytes(8).toString('hex'),
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
  });
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey));
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: certificate.toString('pem'),
    key: PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    pin: createHash('sha256').update(spki).digest('base64'),
  };
};

/** What the fake agent does: it notes how it was called and keeps an identity, as the real one would. */
const fakeAgent = (version: string) => `#!/usr/bin/env node
const fs = require('node:fs');
const path = require('node:path');
const args = process.argv.slice(2);
fs.appendFileSync(process.env.CALLS, 'agent ' + args.join(' ') + '\\n');
const data = args[args.indexOf('--data') + 1];
if (args[0] === '--version') console.log('nerdy-agent ${version}');
if (args[0] === 'join') {
  if (args[1] === 'nerdy-join_spent') { console.error('This token was used before.'); process.exit(3); }
  fs.writeFileSync(path.join(data, 'identity.json'), '{}');
  console.log('Joined the server.\\nNow start the agent.');
}
if (args[0] === 'leave') {
  if (fs.existsSync(path.join(data, 'busy')) && !args.includes('--force')) { console.error('One run is unfinished.'); process.exit(3); }
  fs.rmSync(path.join(data, 'identity.json'));
  console.log('Now remove it from the server.');
}
`;

export interface InstallServer {
  app: FastifyInstance;
  address: string;
  pin: string;
  packageDir: string;
  /** Replaces what is served as the agent. */
  build(version: string): void;
  /** Builds a program with "a Node of its own" of the present bundle. */
  buildProgram(): void;
  /** What is done to the bytes of a path on their way out; none by itself. */
  tamper: Map<string, (bytes: Buffer) => Buffer>;
  close(): Promise<void>;
}

/** A gateway's port as far as downloads go: TLS with a certificate that nobody vouches for, and the real routes. */
export const startInstallServer = async (packageDir: string): Promise<InstallServer> => {
  const { cert, key, pin } = await makeIdentity();
  const dist = join(packageDir, 'agent/dist');
  mkdirSync(dist, { recursive: true });
  cpSync(join(root, 'install'), join(packageDir, 'install'), { recursive: true });
  const tamper: InstallServer['tamper'] = new Map();
  const app = Fastify({ https: { cert, key, minVersion: 'TLSv1.3' }, forceCloseConnections: true });
  let address = '';
  const files = new InstallFiles({ packageDir, gateway: () => ({ address, spkiPin: pin }) });
  app.addHook('onSend', async (request, reply, payload) => {
    const change = tamper.get(request.url);
    if (!change) return payload;
    const pieces: Buffer[] = [];
    if (Buffer.isBuffer(payload)) pieces.push(payload);
    else for await (const piece of payload as AsyncIterable<Buffer>) pieces.push(piece);
    const changed = change(Buffer.concat(pieces));
    reply.header('content-length', changed.length);
    return changed;
  });
  await app.register(installRoutes({ files }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  address = `127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  let built = '';
  const server: InstallServer = {
    app,
    address,
    pin,
    packageDir,
    tamper,
    build: (version) => {
      built = fakeAgent(version);
      writeFileSync(join(dist, 'nerdy-agent.cjs'), built);
    },
    buildProgram: () => {
      const program = join(dist, `nerdy-agent-linux-${process.arch}`);
      // A script may stand for a program; the Node that it names is this one.
      writeFileSync(program, built.replace('/usr/bin/env node', process.execPath));
      writeFileSync(`${program}.of-bundle`, createHash('sha256').update(built).digest('hex'));
    },
    close: () => app.close(),
  };
  server.build('1.0.0');
  return server;
};
