import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InstallServer, startInstallServer } from './https-server.ts';
import { Machine } from './machine.ts';

/** install.sh as it goes on macOS, with programs in the place of Apple's: none of this was run on a Mac. */
describe('install.sh on macOS', () => {
  let dir: string;
  let server: InstallServer;
  let machine: Machine;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'nerdy-install-'));
    server = await startInstallServer(join(dir, 'package'));
    machine = new Machine(join(dir, 'machine'), 'sh');
    machine.program('uname', 'case $1 in -s) echo Darwin ;; *) echo arm64 ;; esac');
  });
  afterEach(async () => {
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('makes a hidden user with an id that is free, and a daemon that launchd keeps', async () => {
    const { code, stderr } = await machine.paste(server, 'nerdy-join_mac');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const calls = machine.calls();
    const plist = machine.at('Library/LaunchDaemons/org.nerdyops.agent.plist');
    expect(calls).toEqual([
      'dscl . -list /Users UniqueID',
      'dscl . -create /Groups/nerdyops-run PrimaryGroupID 498',
      'dscl . -create /Users/nerdyops-run UniqueID 498',
      'dscl . -create /Users/nerdyops-run PrimaryGroupID 498',
      'dscl . -create /Users/nerdyops-run UserShell /usr/bin/false',
      'dscl . -create /Users/nerdyops-run NFSHomeDirectory /var/empty',
      'dscl . -create /Users/nerdyops-run IsHidden 1',
      `chown -R nerdyops-run ${machine.at('var/db/nerdyops-agent')}`,
      `agent join nerdy-join_mac --data ${machine.at('var/db/nerdyops-agent')}`,
      'launchctl bootout system/org.nerdyops.agent',
      'launchctl enable system/org.nerdyops.agent',
      `launchctl bootstrap system ${plist}`,
      'launchctl print system/org.nerdyops.agent',
    ]);
    // No runAs: on macOS the agent itself is that user.
    expect(machine.read('etc/nerdyops/agent-policy.yml')).toMatch(/^mode: approved\n$/m);
    expect(readPlist(readFileSync(plist, 'utf8'))).toMatchObject({
      UserName: 'nerdyops-run',
      ProgramArguments: [
        machine.at('usr/local/bin/nerdy-agent'),
        'run',
        '--data',
        machine.at('var/db/nerdyops-agent'),
      ],
    });
  });

  it('takes all of it away again', async () => {
    await machine.paste(server, 'nerdy-join_mac');
    machine.calls();
    expect((await machine.kept('--uninstall')).code).toBe(0);
    expect(machine.files()).toEqual([]);
    expect(machine.has('user.nerdyops-run')).toBe(false);
    expect(machine.calls()).toEqual([
      'launchctl bootout system/org.nerdyops.agent',
      `agent leave --data ${machine.at('var/db/nerdyops-agent')}`,
      'dscl . -delete /Users/nerdyops-run',
      'dscl . -delete /Groups/nerdyops-run',
    ]);
  });

  it('says that Node is missing: no program that brings its own is made for it', async () => {
    machine.program('node', 'exit 1');
    const { code, stderr } = await machine.paste(server, 'nerdy-join_mac');
    expect(code).toBe(1);
    expect(stderr).toContain('The agent needs Node 20.19 or newer');
    expect(machine.files()).toEqual([]);
  });
});

it('the plist is one, and lets scripts outlive the agent', () => {
  const file = fileURLToPath(new URL('../../install/org.nerdyops.agent.plist', import.meta.url));
  expect(readPlist(readFileSync(file, 'utf8'))).toEqual({
    Label: 'org.nerdyops.agent',
    ProgramArguments: ['/usr/local/bin/nerdy-agent', 'run', '--data', '/var/db/nerdyops-agent'],
    UserName: 'nerdyops-run',
    RunAtLoad: true,
    KeepAlive: true,
    ThrottleInterval: 5,
    AbandonProcessGroup: true,
    ExitTimeOut: 30,
    StandardErrorPath: '/var/db/nerdyops-agent/agent.log',
  });
});

/**
 * Reads a property list by the rules of Apple's document type (PropertyList-1.0.dtd), as far as one of a daemon needs:
 * what is not in it is a fault, so a tag that is not closed, a key without a value or a word of another kind shows.
 */
const readPlist = (text: string): unknown => {
  const head =
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<!DOCTYPE plist PUBLIC "-\/\/Apple\/\/DTD PLIST 1\.0\/\/EN" "http:\/\/www\.apple\.com\/DTDs\/PropertyList-1\.0\.dtd">\n/;
  expect(text).toMatch(head);
  const body = text.replace(head, '').replace(/<!--(?:(?!--)[\s\S])*-->/g, '');
  const tokens = body.match(/<[^<>]*>|[^<>]+/g)?.filter((token) => token.trim() !== '') ?? [];
  const take = (wanted?: string): string => {
    const token = tokens.shift();
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new Error(`${wanted ?? 'more'} was expected, and there is ${token}`);
    return token;
  };
  const textOf = (tag: string): string => {
    const value = tokens[0] === `</${tag}>` ? '' : take();
    take(`</${tag}>`);
    return value;
  };
  const value = (): unknown => {
    const tag = take();
    if (tag === '<true/>' || tag === '<false/>') return tag === '<true/>';
    if (tag === '<string>') return textOf('string');
    if (tag === '<integer>') return Number(textOf('integer'));
    if (tag === '<array>') {
      const items: unknown[] = [];
      while (tokens[0] !== '</array>') items.push(value());
      take();
      return items;
    }
    if (tag !== '<dict>') throw new Error(`${tag} stands where a value was expected`);
    const entries: [string, unknown][] = [];
    while (tokens[0] !== '</dict>') {
      take('<key>');
      const key = textOf('key');
      entries.push([key, value()]);
    }
    take();
    return Object.fromEntries(entries);
  };
  take('<plist version="1.0">');
  const read = value();
  take('</plist>');
  expect(tokens).toEqual([]);
  return read;
};
