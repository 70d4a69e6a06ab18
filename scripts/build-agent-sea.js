// `npm run build:agent:sea`: the agent with a Node of its own in one program, for Linux machines without a Node. It is made of the
// Node that runs this, by Node's own means (https://nodejs.org/docs/latest-v20.x/api/single-executable-applications.html).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stop } from 'esbuild';
import { buildAgent } from './build-agent.js';

/** Marks the place in Node's own program where the blob goes; the same in every Node. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** Makes agent/dist/nerdy-agent-linux-<arch>. Returns its path. */
export const buildAgentSea = async () => {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Error(
      `The program is for Linux on x64 or arm64; this is ${process.platform} on ${process.arch}.`,
    );
  }
  const bundle = await buildAgent();
  const dist = fileURLToPath(new URL('../agent/dist', import.meta.url));
  const stage = mkdtempSync(join(dist, '.sea-'));
  try {
    const config = join(stage, 'sea.json');
    const blob = join(stage, 'agent.blob');
    const program = join(stage, 'program');
    // A snapshot would start faster, and can hold neither sockets nor what the agent reads at its start.
    const main = join(stage, 'main.cjs');
    // As install.sh starts the bundle; a program with a Node in it takes no flags of Node's.
    writeFileSync(
      main,
      `require('node:v8').setFlagsFromString('--no-opt --no-sparkplug');\n${readFileSync(bundle, 'utf8').replace(/^#!.*\n/, '')}`,
    );
    const settings = { main, output: blob, disableExperimentalSEAWarning: true, useCodeCache: true };
    writeFileSync(config, JSON.stringify(settings));
    execFileSync(process.execPath, ['--experimental-sea-config', config], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    copyFileSync(process.execPath, program);
    chmodSync(program, 0o755);
    const { inject } = await import('postject');
    // It warns of a section that it doesn't know in Node's own program, and goes on.
    await inject(program, 'NODE_SEA_BLOB', readFileSync(blob), { sentinelFuse: fuse });
    const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
    const to = join(dist, `nerdy-agent-linux-${process.arch}`);
    // The server hands it out as long as it is of the bundle that it hands out too.
    const digest = createHash('sha256').update(readFileSync(bundle)).digest('hex');
    rmSync(`${to}.of-bundle`, { force: true });
    renameSync(program, to);
    writeFileSync(`${to}.of-bundle`, `${digest}\n`);
    return { to, version };
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { to, version } = await buildAgentSea();
  process.stdout.write(`${to} (${version})\n`);
  await stop();
}
