import { spawnSync } from 'node:child_process';

/** Interface names have at most 15 characters (IFNAMSIZ of linux/if.h, with the closing NUL). */
const prefix = 'nd';
/** 198.18.0.0/15 is set aside for tests of networks (RFC 2544): it is nobody's. Eight addresses for each process. */
const processesMax = 2 ** 14;
const cablesMax = 2;

const ip = (...args: string[]): void => {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (error || status !== 0) {
    throw new Error(`ip ${args.join(' ')} failed: ${(error?.message ?? stderr).trim()}`);
  }
};

/** Why namespaces can't be had here, in a sentence; null where they can. */
export const whyNoNamespaces = (): string | null => {
  if (process.platform !== 'linux') return 'Network namespaces are of Linux; this is another system.';
  if (process.getuid?.() !== 0) return 'Network namespaces need root; these tests run as another user.';
  const name = `${prefix}${process.pid}probe`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'del', name);
    return null;
  } catch (err) {
    return `Network namespaces can't be made: ${(err as Error).message}. Is iproute2 installed, and may this container make them?`;
  }
};

/**
 * A machine that is only a network: a namespace of its own with one cable to this host, which a test can cut.
 * Namespaces of processes that are gone are taken away when the first is made, so that a test that was killed leaves
 * nothing for ever. Modes: made; removed.
 */
export class Namespace {
  readonly name: string;
  /** The host's end, where this machine reaches it. */
  readonly hostAddress: string;
  readonly #hostEnd: string;
  #isRemoved = false;
  readonly #removeWithUs = (): void => this.remove();

  /** @param number of the machine, 0 or 1: it is in the names and the addresses. */
  constructor(number: number) {
    if (number >= cablesMax) throw new Error('each process has addresses for two');
    if (number === 0) removeLeftovers();
    this.name = `${prefix}${process.pid}-${number}`;
    this.#hostEnd = `${prefix}${process.pid}h${number}`;
    const inside = `${prefix}${process.pid}n${number}`;
    const base = ((process.pid % processesMax) << 3) + number * 4;
    const address = (at: number): string =>
      `198.${18 + (base >> 16)}.${(base >> 8) & 255}.${(base & 255) + at}`;
    this.hostAddress = address(1);
    process.once('exit', this.#removeWithUs);
    ip('netns', 'add', this.name);
    ip('link', 'add', this.#hostEnd, 'type', 'veth', 'peer', 'name', inside, 'netns', this.name);
    ip('addr', 'add', `${this.hostAddress}/30`, 'dev', this.#hostEnd);
    ip('link', 'set', this.#hostEnd, 'up');
    ip('-n', this.name, 'addr', 'add', `${address(2)}/30`, 'dev', inside);
    ip('-n', this.name, 'link', 'set', inside, 'up');
    ip('-n', this.name, 'link', 'set', 'lo', 'up');
    // The host answers for all of its addresses on every cable, so one server address does for both machines.
    ip('-n', this.name, 'route', 'add', 'default', 'via', this.hostAddress);
  }

  /** What to put in front of a command so that it runs there. */
  get run(): string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** Pulls the cable out: what is sent goes nowhere, and neither end is told. */
  cut(): void {
    ip('link', 'set', this.#hostEnd, 'down');
  }

  restore(): void {
    ip('link', 'set', this.#hostEnd, 'up');
  }

  /** Safe to call twice. The cable goes with its inner end. */
  remove(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    process.off('exit', this.#removeWithUs);
    removeNamed(this.name, this.#hostEnd);
  }
}

const removeNamed = (name: string, hostEnd: string): void => {
  spawnSync('ip', ['netns', 'del', name]);
  spawnSync('ip', ['link', 'del', hostEnd]);
};

const removeLeftovers = (): void => {
  const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  for (const [, name = '', pid = '', number = ''] of (stdout ?? '').matchAll(/^(nd(\d+)-(\d))\b/gm)) {
    if (!isAlive(Number(pid))) removeNamed(name, `${prefix}${pid}h${number}`);
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
