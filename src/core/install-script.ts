import { InstallLineFault, installValue } from './install-line.ts';

/** What the server knows when it serves an install script. */
export interface InstallScriptValues {
  /** `host:port` from the server's settings, never from a request. */
  address: string;
  spkiPin: string;
  /** SHA-256 of each file that the script may fetch, in hexadecimal; null where it isn't served. */
  digests: Readonly<Record<AgentFile, string | null>>;
}

/** What machines fetch: the bundle for any Node, and programs that bring their own. */
export const AgentFile = {
  bundle: 'nerdy-agent.cjs',
  linuxX64: 'nerdy-agent-linux-x64',
  linuxArm64: 'nerdy-agent-linux-arm64',
} as const;
export type AgentFile = (typeof AgentFile)[keyof typeof AgentFile];

/**
 * Fills in a template's marks, `@LIKE_THIS@`. Each value is held against its shape first, so that none can end the quotes
 * that it stands in; a mark that is unknown or left over is a fault, since the script would run with it.
 *
 * @param parts texts for marks that stand alone on a line: the unit and the policy, which have files of their own.
 * @throws InstallLineFault.
 */
export const fillInstallScript = (
  template: string,
  { address, spkiPin, digests }: InstallScriptValues,
  parts: Readonly<Record<string, string>> = {},
): string => {
  const digest = (file: AgentFile): string => {
    const value = digests[file];
    return value === null ? '' : installValue('sha256', value);
  };
  const values: Readonly<Record<string, string>> = {
    ADDRESS: installValue('address', address),
    PIN: installValue('spkiPin', spkiPin),
    BUNDLE_SHA256: digest(AgentFile.bundle),
    LINUX_X64_SHA256: digest(AgentFile.linuxX64),
    LINUX_ARM64_SHA256: digest(AgentFile.linuxArm64),
  };
  const withParts = template.replace(/^@([A-Z_]+)@\n/gm, (line, name: string) => {
    const part = parts[name];
    return part === undefined ? line : part.endsWith('\n') ? part : `${part}\n`;
  });
  return withParts.replace(/@([A-Z0-9_]+)@/g, (mark, name: string) => {
    const value = values[name];
    if (value === undefined) throw new InstallLineFault('mark', mark);
    return value;
  });
};
